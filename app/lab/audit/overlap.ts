import type { History } from '../history';
import { at } from './column';
import type { Settlement } from './settlement';
import type { Overlap } from './verdict';

/**
 * Did the lane race at all? (audit.md 13). Without an answer of yes the verdict is never `ok`.
 *
 * What counts as proof is deliberately narrow: an attempt that sold must have shared time with another attempt,
 * because sales one after the other followed by a crowd that is told sold out put nothing to the test. Its
 * read-to-write window decides; being in flight together is no proof, as requests may queue in front of the stock.
 *
 * O(n log n) by sorting times; 32 bytes an attempt.
 */
export function measureOverlap(history: History, settlement: Settlement): Overlap {
  const windows = sharedTime(history.windowStart, history.windowEnd);
  return {
    peakInFlight: peakInFlight(history.call, history.return),
    overlappingWindows: countWhere(history.count, (i) => windows.shared[i] === 1),
    knownWindows: countWhere(history.count, (i) => windows.known[i] === 1),
    raced: countWhere(history.count, (i) => windows.shared[i] === 1 && settlement.ordersOf[i] !== 0),
  };
}

/**
 * Most intervals [start, end] open at one moment, in O(n log n). Intervals are closed, as attempts are everywhere in
 * the audit: one that ends the moment another starts is in flight with it. Those with an unknown or reversed time
 * are left out.
 */
export function peakInFlight(start: Float64Array, end: Float64Array): number {
  const known = maskWhere(start.length, (i) => at(start, i) <= at(end, i));
  const starts = sortedWhere(known, start);
  const ends = sortedWhere(known, end);
  let peak = 0;
  let ended = 0;
  for (let begun = 0; begun < starts.length; begun += 1) {
    while (at(ends, ended) < at(starts, begun)) ended += 1;
    peak = Math.max(peak, begun + 1 - ended);
  }
  return peak;
}

/**
 * For each interval, whether its times are known and whether it shares more than a single instant with another one,
 * in O(n log n). Touching does not count, nor does an interval without length: this is used as proof that two
 * attempts raced, and a clock that rounds makes strictly consecutive ones touch.
 */
export function sharedTime(
  start: Float64Array,
  end: Float64Array,
): { known: Uint8Array; shared: Uint8Array } {
  const known = maskWhere(start.length, (i) => at(start, i) < at(end, i));
  const starts = sortedWhere(known, start);
  const ends = sortedWhere(known, end);
  const shared = maskWhere(start.length, (i) => {
    // Everything that began before i ended, less everything that was over when i began: i itself and its company.
    return known[i] === 1 && countBelow(starts, at(end, i)) - countUpTo(ends, at(start, i)) > 1;
  });
  return { known, shared };
}

/** How many of the sorted times are below the limit: binary search. */
function countBelow(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(sorted, middle) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the sorted times are at or below the limit: binary search. */
function countUpTo(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(sorted, middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The times whose mask is 1, ascending. A loop, because `filter` of a typed array takes ten times as long. */
function sortedWhere(mask: Uint8Array, times: Float64Array): Float64Array {
  const kept = new Float64Array(times.length);
  let count = 0;
  for (let i = 0; i < times.length; i += 1) {
    if (mask[i] === 0) continue;
    kept[count] = at(times, i);
    count += 1;
  }
  return kept.subarray(0, count).sort();
}

function maskWhere(count: number, holds: (i: number) => boolean): Uint8Array {
  const mask = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) if (holds(i)) mask[i] = 1;
  return mask;
}

function countWhere(count: number, holds: (i: number) => boolean): number {
  let total = 0;
  for (let i = 0; i < count; i += 1) if (holds(i)) total += 1;
  return total;
}
