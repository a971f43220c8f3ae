import { at, countMasked, intAt, maskWhere } from '@/lib/column';
import { sortedIndexes } from '@/lib/sorted-indexes';
import type { Overlap } from '@/model/verdict';
import type { AuditContext } from './audit-context';

/** The spans of some attempts: entry i is attempt i's, and NaN, or not before its end, where it has none. */
export interface Spans {
  start: Float64Array;
  end: Float64Array;
}

/**
 * Whether a sale of the lane was contested (audit.md 13). If not, the verdict is never `ok`.
 *
 * What counts as proof is deliberately narrow: another attempt must have met an attempt that sold, because sales one
 * after the other, followed by a crowd that is told sold out, put nothing to the test. Three things prove it: their
 * read-to-write windows shared time; the other one asked for a lock while the sale certainly held it; or the other
 * one's window shared time with the sale's write before it was committed. Being in flight together is no proof, as
 * requests may queue in front of the stock.
 *
 * Linear after sorting.
 */
export function measureOverlap(context: AuditContext): Overlap {
  const { history, matched } = context;
  const isSale = maskWhere(history.count, (i) => matched.ordersOf[i] !== 0);
  const sort: Sort = (keys, mask) => context.sort(keys, mask);
  const windows = { start: history.windowStart, end: history.windowEnd };
  const asked = { start: history.waitStart, end: history.waitEnd };
  const held = ofSales({ start: history.holdStart, end: history.holdEnd }, isSale);
  const pending = ofSales({ start: history.pendingStart, end: history.pendingEnd }, isSale);

  const shared = findMeetings(windows, windows, sort);
  const metBy = [findMeetings(held, asked, sort), findMeetings(pending, windows, sort)];
  const raced = maskWhere(
    history.count,
    (i) => (isSale[i] === 1 && shared[i] === 1) || metBy.some((met) => met[i] === 1),
  );
  return {
    peakInFlight: peakInFlight(history.call, history.return, context),
    overlappingWindows: countMasked(shared),
    knownWindows: countMasked(knownSpans(windows)),
    waited: countMasked(findMeetings(asked, held, sort)),
    metWrites: countMasked(findMeetings(windows, pending, sort)),
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

type Sort = (keys: Float64Array, mask: Uint8Array) => Uint32Array;

/**
 * 1 for each attempt whose span shares more than a single instant with the span of another attempt among `others`.
 * Touching does not count, nor does a span without length: this is used as proof that two attempts raced, and a clock
 * that rounds makes strictly consecutive ones touch. Linear after sorting.
 */
export function findMeetings(spans: Spans, others: Spans, sort: Sort = sortedIndexes): Uint8Array {
  const met = new Uint8Array(spans.start.length);
  const known = knownSpans(spans);
  const knownOthers = spans === others ? known : knownSpans(others);
  if (!known.includes(1) || !knownOthers.includes(1)) return met;
  const byStart = sort(others.start, knownOthers);
  // of the other spans that begin before this one ends, keeps the two that end last: at least one of them belongs to
  // another attempt
  let last = -1;
  let secondLast = -1;
  let next = 0;
  for (const i of sort(spans.end, known)) {
    for (; next < byStart.length; next += 1) {
      const other = intAt(byStart, next);
      if (!(at(others.start, other) < at(spans.end, i))) break;
      if (last === -1 || at(others.end, other) > at(others.end, last)) [last, secondLast] = [other, last];
      else if (secondLast === -1 || at(others.end, other) > at(others.end, secondLast)) secondLast = other;
    }
    const rival = last === i ? secondLast : last;
    if (rival !== -1 && at(others.end, rival) > at(spans.start, i)) met[i] = 1;
  }
  return met;
}

/** 1 for each attempt that has a span. */
export function knownSpans({ start, end }: Spans): Uint8Array {
  return maskWhere(start.length, (i) => at(start, i) < at(end, i));
}

function ofSales({ start, end }: Spans, isSale: Uint8Array): Spans {
  return { start: start.map((us, i) => (isSale[i] === 1 ? us : Number.NaN)), end };
}
