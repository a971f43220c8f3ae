import { OUTCOMES } from '../outcome';
import { at } from './column';
import { attemptIdOf, EvidenceList } from './evidence';
import type { OrderRow } from './final-state';
import type { AuditSubject, Invariant } from './invariant';
import { ACCEPTED, CONFLICT, ERROR, SOLD_OUT } from './outcome-code';
import type { Evidence, Finding, FindingKind } from './verdict';
import { countOf } from './wording';

/**
 * The ways in which what buyers were told and the orders table can disagree, each under the kind that says what it
 * means for the buyer or the shop. A `lost-order` is a promise that the table does not keep in full. A
 * `phantom-order` is an order, or units in one, that no buyer asked for or knows of; that includes attempts told
 * `conflict` or `error`, which both promise that nothing was sold. `false-sold-out` is an attempt that was told
 * sold out and sold all the same.
 */
const DISAGREEMENTS = {
  unkept: { kind: 'lost-order', say: (n) => `${countOf(n, 'accepted attempt')} without an order` },
  misnamed: {
    kind: 'lost-order',
    say: (n) => `${countOf(n, 'accepted attempt')} told of an order that is not theirs`,
  },
  short: { kind: 'lost-order', say: (n) => `${countOf(n, 'order')} of fewer units than asked for` },
  unasked: { kind: 'phantom-order', say: (n) => `${countOf(n, 'order')} that no attempt asked for` },
  unknown: { kind: 'phantom-order', say: (n) => `${countOf(n, 'order')} of attempts told conflict or error` },
  excessive: { kind: 'phantom-order', say: (n) => `${countOf(n, 'order')} of more units than asked for` },
  denied: { kind: 'false-sold-out', say: (n) => `${countOf(n, 'attempt')} told sold out, but with an order` },
  repeated: {
    kind: 'duplicate-order',
    say: (n) => `${countOf(n, 'order')} too many for attempts that already had one`,
  },
} as const satisfies Record<string, { kind: FindingKind; say: (n: number) => string }>;

type Disagreement = keyof typeof DISAGREEMENTS;
type Ledger = Record<Disagreement, EvidenceList>;

/**
 * Every accepted attempt has exactly one order of its quantity, every other attempt none, and every order has an
 * attempt (audit.md 8). An indeterminate attempt with an order is recovered, which is no finding: its buyer was
 * told nothing. Count: attempts or orders, as the message says. Joined by hash, in linear time.
 */
export const orderReconciliation: Invariant = (subject) => {
  const ledger = openLedger();
  checkOrders(subject, ledger);
  for (let i = 0; i < subject.history.count; i += 1) checkAttempt(subject, i, ledger);
  return { findings: findingsOf(ledger) };
};

/** Orders seen from the table: those without an attempt, and those beyond an attempt's first. */
function checkOrders({ final, settlement }: AuditSubject, ledger: Ledger): void {
  for (const [o, order] of final.orders.entries()) {
    const owner = at(settlement.ownerOf, o);
    if (owner === -1) {
      ledger.unasked.add(() => ofOrder(order, 'no attempt of this lane has the id that the order names'));
    } else if (settlement.firstOrderOf[owner] !== o) {
      const first = final.orders[at(settlement.firstOrderOf, owner)];
      ledger.repeated.add(() => ofOrder(order, `the attempt already had order ${first?.orderId}`));
    }
  }
}

/** One attempt against its orders. Quantities and order numbers are compared only where there is a single order. */
function checkAttempt({ history, final, settlement }: AuditSubject, i: number, ledger: Ledger): void {
  if (settlement.repeated[i] === 1) return;
  const outcome = at(history.outcome, i);
  const order = final.orders[at(settlement.firstOrderOf, i)];
  if (order === undefined) {
    if (outcome === ACCEPTED)
      ledger.unkept.add(() => ({
        attemptId: attemptIdOf(history, i),
        note: 'was told accepted; no order has its id',
      }));
    return;
  }
  if (outcome === SOLD_OUT) ledger.denied.add(() => ofOrder(order, 'was told sold out'));
  else if (outcome === CONFLICT || outcome === ERROR) {
    ledger.unknown.add(() => ofOrder(order, `was told ${OUTCOMES[outcome] ?? ''}`));
  }
  if (settlement.ordersOf[i] !== 1) return;
  const asked = at(history.quantity, i);
  if (order.quantity !== asked) {
    const list = order.quantity < asked ? ledger.short : ledger.excessive;
    list.add(() => ofOrder(order, `asked for ${asked}, the order has ${order.quantity}`));
  }
  const told = at(history.orderId, i);
  // Not every endpoint has numbers for order ids, or tells them.
  if (!Number.isNaN(told) && isOtherNumber(order.orderId, told)) {
    ledger.misnamed.add(() => ofOrder(order, `was told order ${told}`));
  }
}

function isOtherNumber(orderId: string, told: number): boolean {
  const actual = Number(orderId);
  return !Number.isNaN(actual) && actual !== told;
}

function openLedger(): Ledger {
  const names = Object.keys(DISAGREEMENTS) as Disagreement[];
  return Object.fromEntries(names.map((name) => [name, new EvidenceList()])) as Ledger;
}

/** One finding a kind: counts add up, and each way of disagreeing keeps its own words and evidence. */
function findingsOf(ledger: Ledger): Finding[] {
  const found = new Map<FindingKind, { count: number; said: string[]; evidence: Evidence[] }>();
  for (const [name, list] of Object.entries(ledger) as [Disagreement, EvidenceList][]) {
    if (list.count === 0) continue;
    const { kind, say } = DISAGREEMENTS[name];
    const entry = found.get(kind) ?? { count: 0, said: [], evidence: [] };
    entry.count += list.count;
    entry.said.push(say(list.count));
    entry.evidence.push(...list.evidence);
    found.set(kind, entry);
  }
  return [...found].map(([kind, { count, said, evidence }]) => {
    return { kind, count, message: `${said.join('; ')}.`, evidence };
  });
}

function ofOrder(order: OrderRow, note: string): Evidence {
  return { attemptId: order.attemptId, orderId: order.orderId, note };
}
