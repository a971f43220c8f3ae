import { OUTCOMES } from '../outcome';
import { at } from './column';
import { attemptIdOf, EVIDENCE_LIMIT, EvidenceList } from './evidence';
import type { FinalState } from './final-state';
import { HELD, type AuditSubject, type Invariant } from './invariant';
import { SOLD_OUT } from './outcome-code';
import type { Settlement } from './settlement';
import type { Evidence } from './verdict';
import { findVersionForks, type VersionForks } from './version-forks';
import { countOf, formatNumber } from './wording';

/**
 * L = A - (S - F), in units: what orders took less what the stock lost (audit.md 2). Positive: updates of the stock
 * were lost (P4). Negative: units left the stock without an order. A net figure, in which the two cancel.
 */
export function unitsLost(final: FinalState, settlement: Settlement): number {
  return settlement.orders.quantity - (final.initialStock - final.finalStock);
}

/**
 * The stock must fall by exactly what was ordered. Because A - S = L - F, updates can be lost with nothing oversold
 * yet; that silent loss fails too. Count: units, after deducting what purchases still running may have half done.
 */
export const lostUpdates: Invariant = (subject) => {
  const lost = unitsLost(subject.final, subject.settlement);
  const count = Math.abs(lost) - subject.settlement.slackUnits;
  if (count <= 0) return HELD;
  return { findings: [lost > 0 ? lostUpdate(subject, count) : stockLeak(subject, count)] };
};

function lostUpdate(subject: AuditSubject, count: number) {
  const { history, final, settlement } = subject;
  const silent = settlement.orders.quantity <= final.initialStock ? ' Nothing is oversold yet.' : '';
  const message = `${fallAgainstOrders(subject)} ${atLeast(subject, count)} of updates ${was(count)} lost.${silent}`;
  const forks = findVersionForks(history, settlement, EVIDENCE_LIMIT - 1);
  const pairs = forks.pairs.map(({ first, other }): Evidence => {
    const stock = at(history.seenStock, other);
    const seen = Number.isNaN(stock) ? '' : ` (stock ${formatNumber(stock)})`;
    const version = `version ${String(history.seenVersion[other])}${seen}`;
    return {
      attemptId: attemptIdOf(history, other),
      otherAttemptId: attemptIdOf(history, first),
      orderId: final.orders[at(settlement.firstOrderOf, other)]?.orderId,
      note: `sold from ${version}, and so did ${attemptIdOf(history, first)}`,
    };
  });
  const arithmetic = { note: `${balance(subject)}. ${forkNote(forks)}` };
  return { kind: 'lost-update' as const, count, message, evidence: [arithmetic, ...pairs] };
}

function stockLeak(subject: AuditSubject, count: number) {
  const { history, settlement } = subject;
  const message = `${fallAgainstOrders(subject)} ${atLeast(subject, count)} left the stock without an order.`;
  const suspects = new EvidenceList();
  for (let i = 0; i < history.count; i += 1) {
    const outcome = at(history.outcome, i);
    if (settlement.ordersOf[i] !== 0 || outcome === SOLD_OUT) continue;
    suspects.add(() => ({
      attemptId: attemptIdOf(history, i),
      note: `ended ${OUTCOMES[outcome] ?? 'unknown'} and has no order: it may have taken units`,
    }));
  }
  const note = `${balance(subject)}. First to look at: ${countOf(suspects.count, 'attempt')} without an order that ended otherwise than sold out`;
  return {
    kind: 'stock-leak' as const,
    count,
    message,
    evidence: [{ note }, ...suspects.evidence.slice(0, EVIDENCE_LIMIT - 1)],
  };
}

function fallAgainstOrders({ final, settlement }: AuditSubject): string {
  const { initialStock, finalStock } = final;
  const ordered = `Orders took ${countOf(settlement.orders.quantity, 'unit')}`;
  const path = `(from ${formatNumber(initialStock)} to ${formatNumber(finalStock)})`;
  return `${ordered}, but the stock fell by ${formatNumber(initialStock - finalStock)} ${path}:`;
}

function atLeast({ settlement }: AuditSubject, count: number): string {
  return `${settlement.slackUnits > 0 ? 'at least ' : ''}${countOf(count, 'unit')}`;
}

function was(count: number): string {
  return count === 1 ? 'was' : 'were';
}

/** The sum that a reader can do again from the two tables. */
function balance({ final, settlement }: AuditSubject): string {
  const { initialStock, finalStock } = final;
  const ordered = settlement.orders.quantity;
  const lost = unitsLost(final, settlement);
  return `Ordered - (initial - final) = ${ordered} - (${initialStock} - ${finalStock}) = ${lost}`;
}

function forkNote(forks: VersionForks): string {
  if (forks.known === 0) {
    return 'No sale told which version it had seen, so the attempts that collided cannot be named';
  }
  return `${countOf(forks.count, 'sale')} of ${formatNumber(forks.known)} started from a version that another sale had started from`;
}
