import fc from 'fast-check';
import { expect, test } from 'vitest';
import { correctLane, correctLaneWithSale } from '../../../tests/fixtures/correct-lane';
import { auditLane, PREFIX, type AttemptSketch, type LaneSketch } from '../../../tests/fixtures/history';
import type { Outcome } from '../outcome';
import type { FindingKind } from './verdict';

// fast-check prints the seed and the shrunken lane when a property fails; `fc.assert(…, { seed })` runs it again.
const RUNS = { numRuns: 1_000 };

/** A lane, and any number to choose a victim with. */
const victims = fc.tuple(correctLaneWithSale, fc.nat());

function pick<T>(list: readonly T[], choice: number): T | undefined {
  return list[choice % list.length];
}

function sales({ attempts, final }: LaneSketch): AttemptSketch[] {
  return attempts.filter(({ n }) => final.orders.some(({ attemptId }) => attemptId === PREFIX + String(n)));
}

function toldAccepted(lane: LaneSketch): AttemptSketch[] {
  return lane.attempts.filter(({ outcome }) => outcome === 'accepted');
}

function nextOrderId({ final }: LaneSketch): string {
  return String(1 + Math.max(0, ...final.orders.map(({ orderId }) => Number(orderId))));
}

test('a correct lane is never violated, and ok exactly when a sale was contested', () => {
  const seen = { ok: 0, inconclusive: 0 };
  fc.assert(
    fc.property(correctLane, (lane) => {
      const { verdict, overlap, oversold, lostUpdates } = auditLane(lane);
      expect(verdict.findings).toEqual([]);
      expect([oversold, lostUpdates]).toEqual([0, 0]);
      const sold = sales(lane);
      const decided = lane.attempts.some(({ outcome }) => outcome !== 'error' && outcome !== 'indeterminate');
      const proven = overlap.raced > 0 && (decided || sold.length > 0);
      expect(verdict.status).toBe(proven ? 'ok' : 'inconclusive');
      if (verdict.status !== 'violated') seen[verdict.status] += 1;
    }),
    { numRuns: 5_000 },
  );
  expect(seen.ok).toBeGreaterThan(500);
  expect(seen.inconclusive).toBeGreaterThan(500);
});

test('attempts that follow each other without touching are never ok', () => {
  fc.assert(
    fc.property(correctLane, (lane) => {
      for (const [i, attempt] of lane.attempts.entries()) {
        attempt.at = [10 * i, 10 * i + 10];
        if (attempt.window) attempt.window = [10 * i + 1, 10 * i + 10];
      }
      expect(auditLane(lane).verdict.status).toBe('inconclusive');
    }),
    RUNS,
  );
});

test('an answer that gets lost changes what is recovered, never the finding', () => {
  fc.assert(
    fc.property(victims, ([lane, choice]) => {
      const before = auditLane(lane);
      const victim = pick(toldAccepted(lane), choice);
      fc.pre(victim !== undefined);
      victim.outcome = 'indeterminate';
      const after = auditLane(lane);
      expect(after.verdict.findings).toEqual([]);
      expect(after.recovered).toBe(before.recovered + 1);
    }),
    RUNS,
  );
});

/** Does its damage and returns how much the finding must count; undefined where this lane offers nothing to damage. */
type Damage = (lane: LaneSketch, choice: number) => number | undefined;

function changeAnswer(outcome: Outcome): Damage {
  return (lane, choice) => {
    pick(sales(lane), choice)!.outcome = outcome;
    return 1;
  };
}

const DAMAGES: { name: string; kind: FindingKind; damage: Damage }[] = [
  {
    name: 'an order that vanished after its buyer was told accepted',
    kind: 'lost-order',
    damage: (lane, choice) => {
      const victim = pick(toldAccepted(lane), choice);
      if (victim === undefined) return undefined;
      lane.final.orders = lane.final.orders.filter(
        ({ attemptId }) => attemptId !== PREFIX + String(victim.n),
      );
      return 1;
    },
  },
  { name: 'a sale told sold out', kind: 'false-sold-out', damage: changeAnswer('sold-out') },
  { name: 'a sale told error', kind: 'phantom-order', damage: changeAnswer('error') },
  { name: 'a sale told conflict', kind: 'phantom-order', damage: changeAnswer('conflict') },
  {
    name: 'a duplicate order',
    kind: 'duplicate-order',
    damage: (lane, choice) => {
      const copy = { ...pick(lane.final.orders, choice)!, orderId: nextOrderId(lane) };
      lane.final.orders.splice(choice % lane.final.orders.length, 0, copy);
      return 1;
    },
  },
  {
    name: 'an order of nobody',
    kind: 'phantom-order',
    damage: (lane, choice) => {
      const attemptId = PREFIX + String(lane.attempts.length + (choice % 1_000));
      lane.final.orders.push({ orderId: nextOrderId(lane), attemptId, quantity: 1 });
      return 1;
    },
  },
  {
    name: 'an order moved to an attempt that did not buy',
    kind: 'phantom-order',
    damage: (lane, choice) => {
      const victim = pick(
        lane.attempts.filter(({ outcome }) => outcome === 'error'),
        choice,
      );
      const order = pick(lane.final.orders, choice)!;
      if (victim === undefined || victim.quantity !== order.quantity) return undefined;
      order.attemptId = PREFIX + String(victim.n);
      return 1;
    },
  },
  {
    name: 'units that came back to the shelf',
    kind: 'lost-update',
    damage: (lane, choice) => {
      const units = 1 + (choice % 5);
      lane.final.finalStock += units;
      return units;
    },
  },
  {
    name: 'units taken without an order',
    kind: 'stock-leak',
    damage: (lane, choice) => {
      const units = 1 + (choice % 5);
      lane.final.finalStock -= units;
      return units;
    },
  },
  {
    name: 'a row below zero',
    kind: 'negative-stock',
    damage: (lane, choice) => {
      lane.final.finalStock = -1 - (choice % 5);
      return 1 + (choice % 5);
    },
  },
  {
    name: 'a negative value read',
    kind: 'negative-stock',
    damage: (lane, choice) => {
      pick(lane.attempts, choice)!.seenStock = -1;
      return 1;
    },
  },
  {
    name: 'a negative value left',
    kind: 'negative-stock',
    damage: (lane, choice) => {
      pick(lane.attempts, choice)!.remaining = -2;
      return 2;
    },
  },
  {
    name: 'a counter that drifted',
    kind: 'drift',
    damage: (lane, choice) => {
      const drift = choice % 2 === 0 ? 3 : -3;
      lane.final.counter = { store: 'Redis', remaining: lane.final.finalStock + drift };
      return 3;
    },
  },
  {
    name: 'less stock than was sold',
    kind: 'oversold',
    damage: (lane, choice) => {
      const ordered = lane.final.orders.reduce((sum, { quantity }) => sum + quantity, 0);
      const units = 1 + (choice % ordered);
      lane.final.initialStock = ordered - units;
      lane.final.finalStock = -units;
      return units;
    },
  },
];

test.each(DAMAGES)('$name is always found, as $kind', ({ kind, damage }) => {
  fc.assert(
    fc.property(victims, ([lane, choice]) => {
      const count = damage(lane, choice);
      fc.pre(count !== undefined);
      const { verdict } = auditLane(lane);
      expect(verdict.status).toBe('violated');
      expect(verdict.findings.find((finding) => finding.kind === kind)).toMatchObject({ count });
    }),
    RUNS,
  );
});

test('a forked version is a lost update whose two attempts are named', () => {
  fc.assert(
    fc.property(victims, ([lane, choice]) => {
      const sold = sales(lane);
      const later = sold[1 + (choice % Math.max(1, sold.length - 1))];
      const first = sold[0];
      fc.pre(first !== undefined && later !== undefined);
      // The later one started from what the first had seen, and its write overwrote the first one's.
      for (const attempt of [first, later]) Object.assign(attempt, { seenVersion: 0.5, seenStock: 7 });
      lane.final.finalStock += first.quantity!;
      const finding = auditLane(lane).verdict.findings.find(({ kind }) => kind === 'lost-update');
      expect(finding?.count).toBe(first.quantity);
      expect(finding?.evidence).toContainEqual({
        attemptId: PREFIX + String(later.n),
        otherAttemptId: PREFIX + String(first.n),
        orderId: lane.final.orders.find(({ attemptId }) => attemptId === PREFIX + String(later.n))?.orderId,
        note: `sold from version 0.5 (stock 7), and so did ${PREFIX}${String(first.n)}`,
      });
    }),
    RUNS,
  );
});

/** Any attempts with any rows, consistent or not. */
const anyLane: fc.Arbitrary<LaneSketch> = fc.record({
  attempts: fc.array(
    fc.record({
      outcome: fc.constantFrom<Outcome>('accepted', 'sold-out', 'conflict', 'error', 'indeterminate'),
      quantity: fc.integer({ min: 1, max: 3 }),
      seenStock: fc.constantFrom(NaN, -1, 0, 5),
      remaining: fc.constantFrom(NaN, -2, 0, 5),
    }),
    { maxLength: 12 },
  ),
  final: fc.record({
    initialStock: fc.integer({ min: 0, max: 12 }),
    finalStock: fc.integer({ min: -4, max: 12 }),
    orders: fc
      .array(fc.tuple(fc.nat(14), fc.integer({ min: 1, max: 3 })), { maxLength: 12 })
      .map((rows) =>
        rows.map(([n, quantity], o) => ({ orderId: String(o), attemptId: PREFIX + String(n), quantity })),
      ),
  }),
});

/** Every count by its definition, attempt by attempt and row by row. */
function countByDefinition({ attempts, final }: LaneSketch): Partial<Record<FindingKind, number>> {
  const { orders, initialStock, finalStock } = final;
  const ordered = orders.reduce((sum, { quantity }) => sum + quantity, 0);
  const lost = ordered - (initialStock - finalStock);
  const lowest = Math.min(
    finalStock,
    ...attempts
      .flatMap(({ seenStock, remaining }) => [seenStock!, remaining!])
      .filter((v) => !Number.isNaN(v)),
  );
  const of = attempts.map((_, n) => orders.filter(({ attemptId }) => attemptId === PREFIX + String(n)));
  const count = (holds: (attempt: AttemptSketch, i: number) => boolean) => attempts.filter(holds).length;
  const offBy = (sign: number) =>
    count(({ quantity }, i) => of[i]!.length === 1 && Math.sign(of[i]![0]!.quantity - quantity!) === sign);
  const told = (outcomes: Outcome[]) =>
    count(({ outcome }, i) => outcomes.includes(outcome) && of[i]!.length > 0);
  return {
    oversold: Math.max(0, ordered - initialStock),
    'lost-update': Math.max(0, lost),
    'stock-leak': Math.max(0, -lost),
    'negative-stock': Math.max(0, -lowest),
    'lost-order': count(({ outcome }, i) => outcome === 'accepted' && of[i]!.length === 0) + offBy(-1),
    'phantom-order': orders.length - of.flat().length + told(['conflict', 'error']) + offBy(1),
    'false-sold-out': told(['sold-out']),
    'duplicate-order': of.reduce((sum, own) => sum + Math.max(0, own.length - 1), 0),
  };
}

test('on any history and any rows, every count is what its definition says', () => {
  fc.assert(
    fc.property(anyLane, (lane) => {
      const expected = Object.entries(countByDefinition(lane)).filter(([, count]) => count > 0);
      const { findings, status } = auditLane(lane).verdict;
      expect(Object.fromEntries(findings.map(({ kind, count }) => [kind, count]))).toEqual(
        Object.fromEntries(expected),
      );
      expect(status === 'violated').toBe(expected.length > 0);
    }),
    { numRuns: 5_000 },
  );
});
