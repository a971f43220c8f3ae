import { at, countMasked, intAt, maskWhere } from './column';
import { sortedIndexes } from './sorted-indexes';
import type { AuditSubject } from './subject';
import type { Overlap } from './verdict';

/**
 * Did the lane race at all? (audit.md 13). Without an answer of yes the verdict is never `ok`.
 *
 * What counts as proof is deliberately narrow: an attempt that sold must have shared time with another attempt,
 * because sales one after the other followed by a crowd that is told sold out put nothing to the test. Its
 * read-to-write window decides; being in flight together is no proof, as requests may queue in front of the stock.
 *
 * Linear after sorting.
 */
export function measureOverlap(subject: AuditSubject): Overlap {
  const { history, settlement } = subject;
  const windows = sharedTime(history.windowStart, history.windowEnd, (keys, mask) =>
    subject.sort(keys, mask),
  );
  const raced = maskWhere(history.count, (i) => windows.shared[i] === 1 && settlement.ordersOf[i] !== 0);
  return {
    peakInFlight: peakInFlight(history.call, history.return, subject),
    overlappingWindows: countMasked(windows.shared),
    knownWindows: countMasked(windows.known),
    raced: countMasked(raced),
  };
}

/**
 * Most intervals [start, end] open at one moment. Intervals are closed, as attempts are everywhere in the audit: one
 * that ends the moment another starts is in flight with it. Those with an unknown or reversed time are left out.
 */
export function peakInFlight(
  start: Float64Array,
  end: Float64Array,
  sorted: { byCall: Uint32Array; byReturn: Uint32Array } = {
    byCall: sortedIndexes(start),
    byReturn: sortedIndexes(end),
  },
): number {
  const { byCall, byReturn } = sorted;
  const isKnown = (i: number) => at(start, i) <= at(end, i);
  let peak = 0;
  let open = 0;
  let ended = 0;
  for (const i of byCall) {
    if (!isKnown(i)) continue;
    for (; ended < byReturn.length; ended += 1) {
      const other = intAt(byReturn, ended);
      if (!(at(end, other) < at(start, i))) break;
      if (isKnown(other)) open -= 1;
    }
    open += 1;
    if (open > peak) peak = open;
  }
  return peak;
}

/**
 * For each interval, whether its times are known and whether it shares more than a single instant with another one.
 * Touching does not count, nor does an interval without length: this is used as proof that two attempts raced, and a
 * clock that rounds makes strictly consecutive ones touch. Linear after sorting.
 */
export function sharedTime(
  start: Float64Array,
  end: Float64Array,
  sort: (keys: Float64Array, mask: Uint8Array) => Uint32Array = sortedIndexes,
): { known: Uint8Array; shared: Uint8Array } {
  const known = maskWhere(start.length, (i) => at(start, i) < at(end, i));
  const shared = new Uint8Array(start.length);
  const byStart = sort(start, known);
  let openUntil = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < byStart.length; k += 1) {
    const i = intAt(byStart, k);
    // whoever began before i is still open, or whoever begins next does so before i ends
    const next = byStart[k + 1] ?? i;
    if (openUntil > at(start, i) || (next !== i && at(start, next) < at(end, i))) shared[i] = 1;
    openUntil = Math.max(openUntil, at(end, i));
  }
  return { known, shared };
}
