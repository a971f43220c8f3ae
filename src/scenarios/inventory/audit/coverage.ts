import { ACCEPTED, CONFLICT, ERROR, INDETERMINATE, SOLD_OUT } from '@/audit/outcome-code';
import { oncePerAudit } from '@/audit/audit-context';
import type { AuditContext } from '@/audit/audit-context';
import { knownSpans } from '@/audit/overlap';
import { countMasked, intAt, maskWhere } from '@/lib/column';
import { describeStock, unitsInStock } from '@/model/final-state';
import type { Overlap } from '@/model/verdict';
import { countOf, formatNumber } from '@/model/wording';
import { whyStockMayRise } from '../checks/stock/restock';
import { whyStillOpen } from '../checks/stock/still-running';

/** What a lane demanded of its strategy, in attempts and units. */
export interface Coverage {
  attempts: number;
  /** Units that all attempts asked for together. */
  demand: number;
  /** Attempts that reached a decision: sold, told sold out, or given up in conflict. */
  decided: number;
  /** Attempts told sold out although enough units were left for them at the end, if the stock can only have fallen. */
  undersold: number;
  /** Attempts that gave up in conflict. */
  conflicts: number;
  /** Those of them for whom enough units were left at the end; likewise. */
  turnedAway: number;
  /** Attempts that ended in a definite failure. */
  failed: number;
  /** Those of them for whom enough units were left at the end; likewise. */
  failedInStock: number;
}

/** One linear pass an audit. */
export const measureCoverage = oncePerAudit((context): Coverage => {
  const { history, final, matched } = context;
  const mayRise = whyStockMayRise(context) !== undefined;
  const coverage: Coverage = {
    ...{ attempts: history.count, demand: 0, decided: 0 },
    ...{ undersold: 0, conflicts: 0, turnedAway: 0, failed: 0, failedInStock: 0 },
  };
  for (let i = 0; i < history.count; i += 1) {
    const outcome = intAt(history.outcome, i);
    const quantity = intAt(history.quantity, i);
    coverage.demand += quantity;
    const told = outcome === ACCEPTED || outcome === SOLD_OUT || outcome === CONFLICT;
    if (told || matched.ordersOf[i] !== 0) coverage.decided += 1;
    if (outcome === CONFLICT) coverage.conflicts += 1;
    if (outcome === ERROR) coverage.failed += 1;
    if (quantity > final.finalStock || mayRise) continue;
    if (outcome === SOLD_OUT) coverage.undersold += 1;
    if (outcome === CONFLICT) coverage.turnedAway += 1;
    if (outcome === ERROR) coverage.failedInStock += 1;
  }
  return coverage;
});

/**
 * Why a lane without findings still proves nothing, most telling reason first; empty when it does prove something.
 * `stopped` says why the lane ended before its plan did.
 */
export function findDoubts(context: AuditContext, overlap: Overlap, stopped: string | undefined): string[] {
  const { final, matched } = context;
  const coverage = measureCoverage(context);
  if (coverage.attempts === 0) return ['No attempt was made, so nothing was put to the test.'];
  const early = stopped !== undefined && coverage.demand < unitsInStock(final);
  return [
    whyNothingShows(context, overlap),
    whyStillOpen(final, matched),
    early ? `It ended before buyers had asked for all ${describeStock(final, 'unit')}.` : undefined,
  ].filter((doubt) => doubt !== undefined);
}

const MORE_ANSWERS = 'A longer time-out or a shorter think time would bring answers.';
const MORE_MEETINGS = 'More buyers at once or a longer think time makes sales meet.';

/**
 * Why nothing proves that sales were contested, and what would help, in sentences; `undefined` when something does
 * (audit.md 13).
 */
export function whyNothingShows(context: AuditContext, overlap: Overlap): string | undefined {
  const { final, matched } = context;
  const coverage = measureCoverage(context);
  if (coverage.attempts === 0) return 'No attempt was made, so nothing was put to the test.';
  if (coverage.decided === 0) {
    const none = `None of ${countOf(coverage.attempts, 'attempt')} came to a decision: all failed or went unanswered.`;
    return coverage.failed === 0 ? `${none} ${MORE_ANSWERS}` : none;
  }
  if (matched.orders.count === 0) return whyNothingSold(coverage, final.finalStock);
  if (overlap.raced === 0) return whyNothingRaced(context, overlap);
  if (overlap.peakInFlight < 2) return 'No two attempts were in flight at once, so nothing raced.';
  if (final.connections !== 1) return undefined;
  return 'The pool has only one connection, so statements ran one after the other and nothing raced.';
}

function whyNothingSold({ undersold, turnedAway }: Coverage, left: number): string {
  const refused = undersold + turnedAway;
  const though =
    refused === 0
      ? ''
      : `, but ${countOf(refused, 'attempt')} went without although ${countOf(left, 'unit was', 'units were')} left`;
  return `Nothing was sold, so nothing could be sold twice${though}.`;
}

/** Attempts without an answer do not tell when they read and wrote, so that nothing is known of whom they met. */
function whyNothingRaced({ history, matched }: AuditContext, { peakInFlight }: Overlap): string {
  if (history.count === 1) return `There was only one attempt, so nothing raced. ${MORE_MEETINGS}`;
  const { windowStart, windowEnd, holdStart, holdEnd, pendingStart, pendingEnd } = history;
  const known = [
    knownSpans({ start: windowStart, end: windowEnd }),
    knownSpans({ start: holdStart, end: holdEnd }),
    knownSpans({ start: pendingStart, end: pendingEnd }),
  ];
  const isKnown = (i: number) => known.some((mask) => mask[i] === 1);
  const isSale = (i: number) => matched.ordersOf[i] !== 0;
  const isSilent = (i: number) => history.outcome[i] === INDETERMINATE && !isKnown(i);
  const count = (matches: (i: number) => boolean) => countMasked(maskWhere(history.count, matches));
  if (count(isSale) === 0)
    return 'No order belongs to an attempt of this lane, so nothing shows that sales raced.';
  if (count((i) => isSale(i) && isKnown(i)) === 0) {
    if (count((i) => isSale(i) && !isSilent(i)) > 0)
      return 'No read-to-write window of a sale is known, so nothing shows that sales raced.';
    const [what, whose] =
      count(isSale) === 1
        ? ['window of the one sale', 'its attempt']
        : ['windows of the sales', 'their attempts'];
    return `Nothing is known of the read-to-write ${what}, because ${whose} had no answer. ${MORE_ANSWERS}`;
  }
  if (peakInFlight < 2) {
    return `No attempt that sold was in flight together with another, so nothing raced. ${MORE_MEETINGS}`;
  }
  const peak = `Up to ${formatNumber(peakInFlight)} attempts were in flight at once, but`;
  return count(isSilent) === 0
    ? `${peak} none met a sale while it was being made: no sale was contested. ${MORE_MEETINGS}`
    : `${peak} none whose read-to-write window is known met a sale, and nothing is known of those without an answer. ${MORE_ANSWERS}`;
}
