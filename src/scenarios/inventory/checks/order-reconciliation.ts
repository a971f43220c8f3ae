import { attemptIdOf } from '@/audit/evidence';
import type { Violation, Invariant } from '@/audit/invariant';
import { ACCEPTED, CONFLICT, ERROR, SOLD_OUT } from '@/audit/outcome-code';
import type { AuditContext } from '@/audit/audit-context';
import { PairList } from '@/audit/evidence-list';
import { at, intAt } from '@/lib/column';
import { orderAttemptId, orderIdOf } from '@/model/order-columns';
import { OUTCOMES } from '@/model/outcome';
import type { Evidence, FindingKind } from '@/model/verdict';
import { countOf } from '@/model/wording';

/**
 * How the buyers' responses and the orders table can disagree, each under the kind that says what it means for the
 * buyer or the shop. A `lost-order` is a promise that the table does not keep in full. A `phantom-order` is an order,
 * or units in one, that no buyer asked for or knows of; that includes attempts told `conflict` or `error`, which both
 * promise that nothing was sold. `false-sold-out` is an attempt that was told sold out and sold all the same.
 */
const DISAGREEMENTS = {
  unkept: {
    kind: 'lost-order',
    say: (n) =>
      `${countOf(n, 'attempt was', 'attempts were')} told accepted but ${n === 1 ? 'has' : 'have'} no order`,
  },
  misnamed: {
    kind: 'lost-order',
    say: (n) =>
      `${countOf(n, 'attempt was', 'attempts were')} told another order id than the orders table has`,
  },
  short: {
    kind: 'lost-order',
    say: (n) => `${countOf(n, 'order has', 'orders have')} fewer units than asked for`,
  },
  unasked: {
    kind: 'phantom-order',
    say: (n) => `${countOf(n, 'order belongs', 'orders belong')} to no attempt`,
  },
  unknown: {
    kind: 'phantom-order',
    say: (n) =>
      `${countOf(n, 'attempt was', 'attempts were')} told conflict or error but ${n === 1 ? 'has' : 'have'} an order`,
  },
  excessive: {
    kind: 'phantom-order',
    say: (n) => `${countOf(n, 'order has', 'orders have')} more units than asked for`,
  },
  denied: {
    kind: 'false-sold-out',
    say: (n) =>
      `${countOf(n, 'attempt was', 'attempts were')} told sold out but ${n === 1 ? 'has' : 'have'} an order`,
  },
  repeated: {
    kind: 'duplicate-order',
    say: (n) => `${countOf(n, 'extra order')} for attempts that already had one`,
  },
} as const satisfies Record<string, { kind: FindingKind; say: (n: number) => string }>;

type Disagreement = keyof typeof DISAGREEMENTS;
type Lists = Record<Disagreement, PairList>;

/**
 * Every accepted attempt has exactly one order of its quantity, every other attempt none, and every order has an
 * attempt (audit.md 8). An indeterminate attempt with an order is recovered, which is no finding: its buyer was
 * told nothing. Count: attempts or orders, as the message says. Joined by hash, in linear time.
 */
export const orderReconciliation: Invariant = (context) => {
  const lists = openLists(context);
  checkOrders(context, lists);
  for (let i = 0; i < context.history.count; i += 1) checkAttempt(context, i, lists);
  return { found: discrepanciesOf(lists) };
};

/** Orders seen from the table: those without an attempt, and those beyond an attempt's first. */
function checkOrders({ final, matched }: AuditContext, lists: Lists): void {
  for (let o = 0; o < final.orders.count; o += 1) {
    if (matched.repeatedOrder?.[o] === 1) continue;
    const owner = intAt(matched.ownerOf, o);
    if (owner === -1) lists.unasked.add(o);
    else if (matched.firstOrderOf[owner] !== o) lists.repeated.add(o, intAt(matched.firstOrderOf, owner));
  }
}

/**
 * Checks one attempt against its orders; it counts once per kind. Quantities and order numbers are compared only where
 * there is a single order and the attempt may have one.
 */
function checkAttempt({ history, final, matched }: AuditContext, i: number, lists: Lists): void {
  const outcome = intAt(history.outcome, i);
  const order = intAt(matched.firstOrderOf, i);
  if (order === -1) {
    if (outcome === ACCEPTED && matched.namedByRepeated?.[i] !== 1) lists.unkept.add(i);
    return;
  }
  // an order that should not be there at all is one fault, whatever its size
  if (outcome === SOLD_OUT) return lists.denied.add(order);
  if (outcome === CONFLICT || outcome === ERROR) return lists.unknown.add(order, outcome);
  if (matched.ordersOf[i] !== 1) return;
  const asked = intAt(history.quantity, i);
  const ordered = intAt(final.orders.quantity, order);
  if (ordered < asked) return lists.short.add(order, asked);
  if (ordered > asked) lists.excessive.add(order, asked);
  const told = at(history.orderId, i);
  // Not every endpoint has, or returns, numeric order ids; NaN is neither above nor below anything.
  const actual = at(final.orders.orderId, order);
  if (told < actual || told > actual) lists.misnamed.add(order, i);
}

/** One list for each way of disagreeing, of orders and of what its description needs beside the order. */
function openLists({ history, final }: AuditContext): Lists {
  const { orders } = final;
  const ofOrder = (describe: (o: number, second: number) => string) =>
    new PairList((o, second): Evidence => {
      return {
        attemptId: orderAttemptId(orders, o),
        orderId: orderIdOf(orders, o),
        note: describe(o, second),
      };
    });
  const otherQuantity = (o: number, asked: number) =>
    `asked for ${asked}, the order has ${orders.quantity[o] ?? 0}`;
  return {
    unkept: new PairList((i) => ({
      attemptId: attemptIdOf(history, i),
      note: 'was told accepted; no order has its id',
    })),
    misnamed: ofOrder((_, i) => `was told order ${at(history.orderId, i)}`),
    short: ofOrder(otherQuantity),
    unasked: ofOrder(() => 'no attempt of this lane has the id that the order names'),
    unknown: ofOrder((_, outcome) => `was told ${OUTCOMES[outcome] ?? ''}`),
    excessive: ofOrder(otherQuantity),
    denied: ofOrder(() => 'was told sold out'),
    repeated: ofOrder((_, first) => `the attempt already had order ${orderIdOf(orders, first)}`),
  };
}

/** One violation per kind: counts add up, and each way of disagreeing keeps its own words and evidence. */
function discrepanciesOf(lists: Lists): Violation[] {
  const found = new Map<FindingKind, { count: number; said: string[]; witnesses: PairList[] }>();
  for (const [name, list] of Object.entries(lists) as [Disagreement, PairList][]) {
    if (list.size === 0) continue;
    const { kind, say } = DISAGREEMENTS[name];
    const entry = found.get(kind) ?? { count: 0, said: [], witnesses: [] };
    entry.count += list.size;
    entry.said.push(say(list.size));
    entry.witnesses.push(list);
    found.set(kind, entry);
  }
  return [...found].map(([kind, { count, said, witnesses }]) => {
    return { kind, count, message: `${said.join('; ')}.`, witnesses };
  });
}
