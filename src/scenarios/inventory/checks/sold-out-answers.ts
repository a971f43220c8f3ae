import { attemptIdOf, formatMoment, inFlight } from '@/audit/evidence';
import { HELD, type Invariant } from '@/audit/invariant';
import { SOLD_OUT } from '@/audit/outcome-code';
import { oncePerAudit, type AuditContext } from '@/audit/audit-context';
import { PairList } from '@/audit/evidence-list';
import { at, intAt } from '@/lib/column';
import { unitsInStock } from '@/model/final-state';
import { countOf, formatNumber } from '@/model/wording';
import { findFalseRefusals, type FalseRefusal } from './stock/linearizability';
import { measureLosses } from './stock/lost-units';
import { whyStockMayRise } from './stock/restock';

/** Sold-out responses that no order of the attempts explains, and those of them that a later sale contradicts. */
export interface SoldOutAnswers {
  refusals: FalseRefusal[];
  /** Why the check does not apply, as a sentence. */
  notApplicable?: string;
}

export const judgeSoldOuts = oncePerAudit((context): SoldOutAnswers => {
  const { history, final, matched } = context;
  const refused = new Int32Array(history.count);
  let told = 0;
  for (let i = 0; i < history.count; i += 1) {
    if (!wasRefused(context, i)) continue;
    refused[i] = intAt(history.quantity, i);
    told += 1;
  }
  if (told === 0) return { refusals: [], notApplicable: 'No attempt was told sold out.' };
  const mayRise = whyStockMayRise(context);
  if (mayRise !== undefined) return { refusals: [], notApplicable: mayRise };
  const refusals = findFalseRefusals({
    call: context.spans.from,
    return: context.spans.until,
    taken: context.taken,
    open: context.open,
    refused,
    stock: unitsInStock(final),
    unownedUnits: matched.unownedUnits + measureLosses(context).leaked,
    byCall: context.byFrom,
    byReturn: context.byUntil,
  });
  return { refusals };
});

/** An attempt told sold out that has an order all the same is check 8's finding, and claims nothing here. */
function wasRefused({ history, matched }: AuditContext, i: number): boolean {
  return history.outcome[i] === SOLD_OUT && matched.ordersOf[i] === 0;
}

/**
 * No buyer is refused while units are left for buyers who come later (audit.md 6): the history must be that of a
 * counting semaphore, in an order that respects real time. Selling more than there is belongs to `oversold`, and units
 * that stay unsold to liveness. Count: sold-out responses. Evidence: the refused attempt, and the one that was called
 * after its response and bought.
 */
export const soldOutAnswers: Invariant = (context) => {
  const { refusals, notApplicable } = judgeSoldOuts(context);
  if (notApplicable !== undefined) return { found: [], notApplicable };
  const contradicted = refusals.filter(({ taker }) => taker !== -1);
  if (contradicted.length === 0) return HELD;
  const takenBy = new Map(contradicted.map((refusal) => [refusal.refused, refusal.takenBy]));
  const pairs = new PairList((refused, taker) =>
    describe(context, refused, taker, takenBy.get(refused) ?? 0),
  );
  for (const { refused, taker } of contradicted) pairs.add(refused, taker);
  const attempts = new Uint8Array(context.history.count);
  for (const { refused } of contradicted) attempts[refused] = 1;
  const message = `${countOf(pairs.size, 'attempt was', 'attempts were')} told sold out while units were left that later buyers got.`;
  return { found: [{ kind: 'non-linearizable', count: pairs.size, message, witnesses: [pairs], attempts }] };
};

function describe({ history, final }: AuditContext, refused: number, taker: number, takenBy: number) {
  const otherAttemptId = attemptIdOf(history, taker);
  const until = formatMoment(at(history.return, refused));
  const stock = countOf(unitsInStock(final), 'unit');
  const left = `when its answer was back (${until}), at most ${formatNumber(takenBy)} of ${stock} can have been taken`;
  return {
    attemptId: attemptIdOf(history, refused),
    otherAttemptId,
    times: inFlight(history, refused, taker),
    note: `was told sold out when it asked for ${countOf(intAt(history.quantity, refused), 'unit')}; ${left}, and ${otherAttemptId}, called at ${formatMoment(at(history.call, taker))}, bought`,
  };
}
