import { attemptIdOf } from '@/audit/evidence';
import { HELD, type Violation, type Invariant } from '@/audit/invariant';
import { SOLD_OUT } from '@/audit/outcome-code';
import type { AuditContext } from '@/audit/audit-context';
import { notes, PairList } from '@/audit/evidence-list';
import { intAt } from '@/lib/column';
import { describeStock, unitsInStock } from '@/model/final-state';
import { OUTCOMES } from '@/model/outcome';
import { countOf, formatNumber } from '@/model/wording';
import { unitsLost } from './stock/balance';
import { measureCreated } from './stock/created-units';
import { bookLosses, type BookedLosses } from './stock/loss-ledger';
import { measureLosses } from './stock/lost-units';
import { whyRestockIsUnproven } from './stock/restock-by-design';
import { whyStillOpen } from './stock/still-running';
import { measureProvenForks } from './version-forks';

/**
 * The stock must fall by exactly what was ordered. Because A - S = L - F, updates can be lost with nothing oversold
 * yet; that silent loss fails too. What forks of a version prove to be lost counts where a leak hides it from the sum,
 * and what was created does not count as lost.
 * Count: units, after deducting what purchases still running may have half done.
 * Evidence: the sum, then the entries of the loss ledger, the sales that saw units which no attempt had left, or the
 * attempts that may have taken units without an order.
 */
export const lostUpdates: Invariant = (context) => {
  const { final, matched } = context;
  const { net, proven, created, leaked } = measureLosses(context);
  const lost = Math.max(proven, net - created - matched.slackUnits);
  const gone = leaked - matched.slackUnits - matched.repeatedUnits;
  const found = [
    ...(lost > 0 ? [lostUpdate(context, lost)] : []),
    ...(created > 0 ? [stockCreated(context)] : []),
    ...(gone > 0 ? [stockLeak(context, gone)] : []),
  ];
  if (found.length > 0) return { found };
  const doubts = [whyStillOpen(final, matched), whyRestockIsUnproven(final)].filter(
    (doubt) => doubt !== undefined,
  );
  return doubts.length === 0 ? HELD : { found: [], doubt: doubts.join(' ') };
};

function lostUpdate(context: AuditContext, count: number): Violation {
  const { final, matched } = context;
  const { net, proven } = measureLosses(context);
  const isByForks = proven > net - matched.slackUnits;
  const shown = isByForks ? writtenFromOneVersion(context) : `${fallAgainstOrders(context)}:`;
  const units = isByForks ? `at least ${countOf(count, 'unit')}` : atLeast(context, count);
  const silent = matched.orders.quantity <= unitsInStock(final) ? ' Nothing is oversold yet.' : '';
  const message = `${shown} ${units} ${count === 1 ? 'was' : 'were'} sold but never deducted.${silent}`;
  const losses = bookLosses(context);
  const arithmetic = notes({ note: `${balance(context)}. ${attribution(losses)}` });
  const isAtLeast = isByForks || matched.slackUnits > 0;
  return { kind: 'lost-update', count, isAtLeast, message, witnesses: [arithmetic, losses.entries] };
}

/**
 * Where the row ends above all that there was, only the excess is certain: the units that orders took may have come
 * back from elsewhere, or were never deducted.
 */
function stockCreated(context: AuditContext): Violation {
  const { final, matched } = context;
  const { units, isAbove, seen } = measureCreated(context);
  const count = isAbove ? final.finalStock - unitsInStock(final) : units;
  const open = Math.max(0, units - matched.slackUnits - count);
  const isAtLeast = isAbove && (open > 0 || matched.slackUnits > 0);
  const came = `${isAtLeast ? 'at least ' : ''}${countOf(count, 'unit')} came into the stock`;
  const shown = isAbove
    ? `${fallAgainstOrders(context)}: ${came}`
    : `${came}: ${countOf(seen.size, 'sale')} saw more units than the sale before had left`;
  const others =
    open > 0
      ? ` Nothing tells whether the other ${countOf(open, 'unit')} too many came so too, or ${open === 1 ? 'was' : 'were'} sold but never deducted.`
      : '';
  const message = `${shown}, and no attempt put ${count === 1 ? 'it' : 'them'} there.${others}`;
  const witnesses = [notes({ note: balance(context) }), seen];
  return { kind: 'stock-created', count, isAtLeast, message, witnesses };
}

function stockLeak(context: AuditContext, count: number): Violation {
  const { history, matched } = context;
  const { lost } = measureLosses(context);
  // forks prove the least that was lost, and so the least that left beside it
  const isAtLeast = lost > 0 || matched.slackUnits > 0;
  const beside =
    lost > 0 ? `, although at least ${countOf(lost, 'unit was', 'units were')} sold but never deducted` : '';
  const units = `${isAtLeast ? 'at least ' : ''}${countOf(count, 'unit')}`;
  const message = `${fallAgainstOrders(context)}${beside}: ${units} left the stock without an order.`;
  const suspects = new PairList((i) => ({
    attemptId: attemptIdOf(history, i),
    note: `ended ${OUTCOMES[intAt(history.outcome, i)] ?? 'unknown'} and has no order: it may have taken units`,
  }));
  let unsold = 0;
  for (let i = 0; i < history.count; i += 1) {
    if (matched.ordersOf[i] !== 0) continue;
    unsold += 1;
    if (history.outcome[i] !== SOLD_OUT) suspects.add(i);
  }
  const unsuspected =
    history.count === 0
      ? 'No attempt was made'
      : unsold === 0
        ? 'Every attempt has an order'
        : 'Every attempt without an order was told sold out';
  const look =
    suspects.size === 0
      ? unsuspected
      : `Look first at the ${countOf(suspects.size, 'attempt')} without an order that ${suspects.size === 1 ? 'was' : 'were'} not told sold out`;
  const note = `${balance(context)}. ${look}`;
  const witnesses = [notes({ note }), suspects];
  return { kind: 'stock-leak', count, isAtLeast, message, witnesses };
}

function writtenFromOneVersion(context: AuditContext): string {
  const { sales } = measureProvenForks(context);
  return `${countOf(sales, 'sale')} wrote from a version of the row that another sale had already written from:`;
}

function fallAgainstOrders({ final, matched }: AuditContext): string {
  const { finalStock } = final;
  const stock = unitsInStock(final);
  const ordered = `Orders took ${countOf(matched.orders.quantity, 'unit')}`;
  if (finalStock === stock) return `${ordered}, but the stock stayed at ${describeStock(final)}`;
  const path = `by ${formatNumber(Math.abs(stock - finalStock))}, from ${describeStock(final)} to ${formatNumber(finalStock)}`;
  const and = stock - finalStock === matched.orders.quantity ? 'and' : 'but';
  return `${ordered}, ${and} the stock ${finalStock < stock ? 'fell' : 'rose'} ${path}`;
}

function atLeast({ matched }: AuditContext, count: number): string {
  return `${matched.slackUnits > 0 ? 'at least ' : ''}${countOf(count, 'unit')}`;
}

/** The sum that a reader can repeat from the two tables. */
function balance({ final, matched }: AuditContext): string {
  const ordered = matched.orders.quantity;
  const lost = unitsLost(final, matched);
  const { initialStock, restocked = 0, finalStock } = final;
  const [names, units] =
    restocked === 0 ? ['initial', initialStock] : ['initial + added', `${initialStock} + ${restocked}`];
  return `Ordered - (${names} - final) = ${ordered} - (${units} - ${finalStock}) = ${lost}`;
}

function attribution({ attributed, unattributed, entries, forks }: BookedLosses): string {
  if (attributed === 0) {
    return 'Nothing that was recorded shows which sales undid each other';
  }
  const pairs = countOf(entries.size, 'pair of sales', 'pairs of sales');
  const byVersion = forks > 0 ? ` (${formatNumber(forks)} of one version)` : '';
  const explain = entries.size === 1 ? 'explains' : 'explain';
  return `${pairs}${byVersion} ${explain} ${countOf(attributed, 'unit')}; ${countOf(unattributed, 'unit')} unexplained`;
}
