import { ACCEPTED, CONFLICT, ERROR, SOLD_OUT } from '@/audit/outcome-code';
import { oncePerAudit } from '@/audit/audit-context';
import type { AuditContext } from '@/audit/audit-context';
import { intAt } from '@/lib/column';
import { unitsInStock } from '@/model/final-state';
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
    early ? `It ended before buyers had asked for all ${countOf(unitsInStock(final), 'unit')}.` : undefined,
  ].filter((doubt) => doubt !== undefined);
}

/** Why nothing proves that sales were contested, as a sentence; `undefined` when something does (audit.md 13). */
export function whyNothingShows(context: AuditContext, overlap: Overlap): string | undefined {
  const { final, matched } = context;
  const coverage = measureCoverage(context);
  if (coverage.attempts === 0) return 'No attempt was made, so nothing was put to the test.';
  if (coverage.decided === 0) {
    return `None of ${countOf(coverage.attempts, 'attempt')} came to a decision: all failed or went unanswered.`;
  }
  if (matched.orders.count === 0) return whyNothingSold(coverage, final.finalStock);
  if (overlap.raced === 0) return whyNothingRaced(coverage, overlap);
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

function whyNothingRaced(coverage: Coverage, overlap: Overlap): string {
  if (coverage.attempts === 1) return 'There was only one attempt, so nothing raced.';
  const peak = `Up to ${formatNumber(overlap.peakInFlight)} attempts were in flight at once, but`;
  if (overlap.peakInFlight > 1 && overlap.knownWindows > 0) {
    return `${peak} none met a sale while it was being made: no sale was contested.`;
  }
  if (overlap.knownWindows === 0)
    return 'No read-to-write window is known, so nothing shows that sales raced.';
  return 'No attempt that sold was in flight together with another, so nothing raced.';
}
