import type { History } from '../history';
import { findDoubts, measureCoverage } from './coverage';
import type { FinalState } from './final-state';
import type { AuditSubject } from './invariant';
import { INVARIANTS } from './invariants';
import { unitsLost } from './lost-updates';
import { unitsOversold } from './oversold';
import { measureOverlap } from './overlap';
import { reasonForOk, reasonForViolated } from './reason';
import { settle } from './settlement';
import type { AuditResult, Overlap, Verdict } from './verdict';

export interface AuditOptions {
  /** Why the lane ended before its plan did, as a phrase ("by the user"); absent when it ran to its end. */
  stopped?: string;
}

/**
 * Judges what a lane did: its history against the final rows. Pure; the same input always gives the same verdict,
 * on a server, in a browser or offline. A million attempts take about a second.
 *
 * `violated` needs no more than one finding; `ok` needs none, no doubt, and proof that sales were contested;
 * anything between is `inconclusive`. Numbers come from the orders table and the item's row, and never from what
 * buyers were told, so an attempt without an answer counts exactly when it sold.
 */
export function audit(history: History, final: FinalState, options: AuditOptions = {}): AuditResult {
  const settlement = settle(history, final);
  const subject: AuditSubject = { history, final, settlement };
  const overlap = measureOverlap(history, settlement);
  return {
    verdict: mergeVerdict(subject, overlap, options.stopped),
    oversold: unitsOversold(final, settlement),
    lostUpdates: unitsLost(final, settlement),
    orders: settlement.orders,
    recovered: settlement.recovered,
    overlap,
  };
}

/** Violated over inconclusive over ok (audit.md). */
function mergeVerdict(subject: AuditSubject, overlap: Overlap, stopped: string | undefined): Verdict {
  const checks = INVARIANTS.map((invariant) => invariant(subject));
  const [first, ...others] = checks.flatMap((check) => check.findings);
  const early = stopped === undefined ? '' : ` Stopped early: ${stopped}.`;
  if (first !== undefined) {
    const findings: [typeof first, ...typeof others] = [first, ...others];
    return { status: 'violated', reason: reasonForViolated(findings) + early, findings };
  }
  const coverage = measureCoverage(subject);
  const doubts = findDoubts(subject, coverage, overlap, stopped);
  doubts.push(...checks.flatMap((check) => check.doubt ?? []));
  if (doubts.length > 0) return { status: 'inconclusive', reason: doubts.join(' ') + early, findings: [] };
  return { status: 'ok', reason: reasonForOk(subject, coverage, overlap) + early, findings: [] };
}
