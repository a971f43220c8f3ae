import { attemptIdOf, formatMoment, inFlight } from '@/audit/evidence';
import { HELD, type Violation, type Invariant } from '@/audit/invariant';
import { SOLD_OUT } from '@/audit/outcome-code';
import type { AuditContext } from '@/audit/audit-context';
import { PairList } from '@/audit/evidence-list';
import { at, intAt } from '@/lib/column';
import { unitsInStock } from '@/model/final-state';
import type { Evidence } from '@/model/verdict';
import { countOf } from '@/model/wording';
import { measureLosses } from './stock/lost-units';
import { whyStockMayRise } from './stock/restock';

/**
 * A stock that an attempt saw or left must have existed at some moment of the attempt (audit.md 9): at most what was
 * left by the sales that had their responses before its call, at least what is left when every attempt called by its
 * return has bought. Count: attempts. Evidence: the attempt and, where it had too much, the sale that it missed. Linear
 * after sorting.
 */
export const stockReads: Invariant = (context) => {
  const stocks = stocksOf(context);
  if (stocks.saw.every(Number.isNaN) && stocks.left.every(Number.isNaN))
    return { found: [], notApplicable: 'No attempt told what stock it saw or left.' };
  const mayRise = whyStockMayRise(context);
  if (mayRise !== undefined) return { found: [], notApplicable: mayRise };
  const found = [...findTooMany(context, stocks), ...findTooFew(context, stocks)];
  return found.length === 0 ? HELD : { found };
};

/** The stock that each attempt reported; NaN where it reported none. */
interface Stocks {
  /** Before its own purchase, as its last try saw it. */
  saw: Float64Array;
  /** After it: of attempts told accepted, and of those told sold out, which took nothing. */
  left: Float64Array;
}

function stocksOf(context: AuditContext): Stocks {
  const { history } = context;
  const saw = history.seenStock.slice();
  const left = history.remaining.slice();
  for (let i = 0; i < history.count; i += 1) {
    if (!context.isAccepted(i) && history.outcome[i] !== SOLD_OUT) left[i] = Number.NaN;
  }
  return { saw, left };
}

/** Attempts that had more than was possible once the sales that were over before their call are deducted. */
function findTooMany(context: AuditContext, { saw, left }: Stocks): Violation[] {
  const { history, byFrom, byUntil, sold } = context;
  const { from, until } = context.spans;
  const attempts = new Uint8Array(history.count);
  const list = new PairList((i, most) =>
    describeTooMany(
      context,
      i,
      at(saw, i) > most ? ['saw', at(saw, i), 0] : ['left', at(left, i), intAt(sold, i)],
    ),
  );
  let most = unitsInStock(context.final);
  let over = 0;
  for (const i of byFrom) {
    for (; over < byUntil.length; over += 1) {
      const other = intAt(byUntil, over);
      if (!(at(until, other) < at(from, i))) break;
      most -= intAt(sold, other);
    }
    if (!(at(saw, i) > most || at(left, i) + intAt(sold, i) > most)) continue;
    list.add(i, most);
    attempts[i] = 1;
  }
  if (list.size === 0) return [];
  const message = `${countOf(list.size, 'attempt')} saw or left more units than there can have been then.`;
  return [{ kind: 'non-linearizable', count: list.size, message, witnesses: [list], attempts }];
}

/** Attempts that had less than would be left if every attempt called by their return had bought. */
function findTooFew(context: AuditContext, { saw, left }: Stocks): Violation[] {
  const { history, matched, byFrom, byUntil, taken, open } = context;
  const { from, until } = context.spans;
  const attempts = new Uint8Array(history.count);
  // an attempt takes its own units after it saw the stock, unless an earlier try may have bought
  const mayHaveBought = (i: number) => intAt(matched.ordersOf, i) > 1 || intAt(history.retries, i) > 0;
  const own = (i: number) => (mayHaveBought(i) ? 0 : at(taken, i) + intAt(open, i));
  const list = new PairList((i, least) => {
    const isSaw = at(saw, i) < least + own(i);
    const units = isSaw ? at(saw, i) : at(left, i);
    const told = isSaw ? `saw stock ${units}` : `left ${units}`;
    return {
      attemptId: attemptIdOf(history, i),
      units,
      times: inFlight(history, i),
      note: `${told}; the sales that can have been made by then leave at least ${isSaw ? least + own(i) : least}`,
    };
  });
  let least = unitsInStock(context.final) - matched.unownedUnits - measureLosses(context).leaked;
  let called = 0;
  for (const i of byUntil) {
    for (; called < byFrom.length; called += 1) {
      const other = intAt(byFrom, called);
      if (!(at(from, other) <= at(until, i))) break;
      least -= at(taken, other) + intAt(open, other);
    }
    if (!(at(saw, i) < least + own(i) || at(left, i) < least)) continue;
    list.add(i, least);
    attempts[i] = 1;
  }
  if (list.size === 0) return [];
  const message = `${countOf(list.size, 'attempt')} saw or left fewer units than there can have been then.`;
  return [{ kind: 'non-linearizable', count: list.size, message, witnesses: [list], attempts }];
}

/** `taken`: what it took between seeing and leaving. */
function describeTooMany(
  context: AuditContext,
  i: number,
  [did, units, taken]: ['saw' | 'left', number, number],
): Evidence {
  const { history } = context;
  const missed = firstMissed(context, units + taken);
  const evidence = { attemptId: attemptIdOf(history, i), units };
  const told = did === 'saw' ? `saw stock ${units}` : `left ${units} after taking ${taken}`;
  if (missed === -1) {
    const note = `${told}, which is more than there ever was`;
    return { ...evidence, times: inFlight(history, i), note };
  }
  const otherAttemptId = attemptIdOf(history, missed);
  const answered = `${otherAttemptId} had its answer at ${formatMoment(at(history.return, missed))}`;
  const note = `${told} after a call at ${formatMoment(at(history.call, i))}; with the sale of ${otherAttemptId} less was left, and ${answered}`;
  return { ...evidence, otherAttemptId, times: inFlight(history, i, missed), note };
}

/** The sale, by order of the responses, that brought the stock below `units`; -1 if there is none. */
function firstMissed(context: AuditContext, units: number): number {
  let left = unitsInStock(context.final);
  if (units > left) return -1;
  for (const i of context.byUntil) {
    left -= intAt(context.sold, i);
    if (left < units) return i;
  }
  return -1;
}
