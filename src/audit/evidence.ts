import { at } from '@/lib/column';
import type { History } from '@/model/history';
import type { EvidenceTimes } from '@/model/verdict';

/** Most pieces of evidence in one finding; its `count` is always the full number, and `listEvidence` has them all. */
export const EVIDENCE_LIMIT = 20;

/** The id under which attempt i asked for its purchase, and which its order carries. */
export function attemptIdOf(history: History, i: number): string {
  return history.attemptPrefix + String(history.n[i]);
}

/** When each of these attempts was called and returned. */
export function inFlight(history: History, ...attempts: number[]): EvidenceTimes[] {
  return attempts.map((i) => ({
    attemptId: attemptIdOf(history, i),
    what: 'in flight',
    ...span(at(history.call, i), at(history.return, i)),
  }));
}

/** A span to the nanosecond, which is as fine as clocks are; what a number has beyond that is noise. */
export function span(fromUs: number, toUs: number): Pick<EvidenceTimes, 'fromUs' | 'toUs'> {
  const round = (us: number) => Math.round(us * 1_000) / 1_000;
  return { fromUs: round(fromUs), toUs: round(toUs) };
}

/** A moment on the lane's clock as a person reads it: milliseconds to the microsecond. */
export function formatMoment(us: number): string {
  return `${(us / 1_000).toFixed(3)} ms`;
}
