import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FindingKind } from '@/model/verdict';
import { anyLane } from '../../../../tests/fixtures/lanes/any-lane';
import { correctLane, correctLaneWithSale } from '../../../../tests/fixtures/lanes/correct-lane';
import { MUTATIONS } from '../../../../tests/fixtures/lanes/damages/index';
import { auditLane, PREFIX, type LaneSketch } from '../../../../tests/fixtures/lanes/history';

/** A correct lane with several kinds of damage, one on top of the other. */
const damagedLane = fc
  .tuple(correctLaneWithSale, fc.array(fc.tuple(fc.constantFrom(...MUTATIONS), fc.nat()), { maxLength: 4 }))
  .map(([given, damages]): LaneSketch => {
    const lane = structuredClone(given);
    for (const [{ damage }, choice] of damages) if (lane.final.orders.length > 0) damage(lane, choice);
    return lane;
  });

/** Any lane at all, with what makes it say more: versions, units added, purchases that still run, a counter. */
const talkativeLane = fc
  .tuple(
    anyLane,
    fc.array(fc.constantFrom(NaN, 0, 1, 2), { minLength: 12, maxLength: 12 }),
    fc.record({
      restocked: fc.constantFrom(0, 0, 2),
      stillRunning: fc.constantFrom(0, 0, 1),
      counter: fc.constantFrom(undefined, { store: 'Redis', remaining: 3 }),
    }),
  )
  .map(([{ attempts, final }, versions, facts]): LaneSketch => ({
    attempts: attempts.map((attempt, i) => ({ ...attempt, seenVersion: versions[i] })),
    final: { ...final, ...facts },
  }));

function orderedIn({ final }: Pick<LaneSketch, 'final'>): number {
  return final.orders.reduce((sum, { quantity }) => sum + quantity, 0);
}

function lowestIn({ attempts, final }: LaneSketch): number {
  const told = attempts.flatMap(({ seenStock = 0, remaining = 0 }) => [seenStock, remaining]);
  return Math.min(final.finalStock, ...told.filter((units) => !Number.isNaN(units)));
}

/** How many there are of what sentences count. */
function populationsOf({ attempts, final }: LaneSketch) {
  const withOrder = new Set(final.orders.map(({ attemptId }) => attemptId));
  const sales = attempts.filter(
    ({ outcome }, i) => outcome === 'accepted' || withOrder.has(PREFIX + String(attempts[i]?.n ?? i)),
  );
  const asked = attempts.reduce((sum, { quantity = 1 }) => sum + quantity, 0);
  const stock = final.initialStock + (final.restocked ?? 0);
  const held = Math.abs(final.finalStock) + Math.abs(final.counter?.remaining ?? 0);
  return {
    attempt: attempts.length,
    buyer: attempts.length,
    sale: sales.length,
    pair: sales.length ** 2,
    order: final.orders.length,
    // sold, taken from the stock or left in it
    unit: Math.max(orderedIn({ final }) + held, asked, Math.abs(stock) + held),
    purchase: Math.max(attempts.length, final.stillRunning ?? 0),
    window: attempts.length,
  };
}

const COUNT =
  /([0-9][0-9,]*) (?:extra |read-to-write )?(attempt|buyer|sale|pair|order|unit|purchase|window)s?\b/g;

test('no number in a sentence is larger than the number of what it counts', () => {
  let counted = 0;
  fc.assert(
    fc.property(fc.oneof(talkativeLane, damagedLane, correctLane), (lane) => {
      const { verdict, checks } = auditLane(lane);
      const populations = populationsOf(lane);
      const sentences = [
        verdict.reason,
        ...verdict.findings.map(({ message }) => message),
        ...checks.map(({ why = '' }) => why),
      ];
      const notes = verdict.findings.flatMap(({ evidence }) => evidence.map(({ note }) => note));
      for (const said of [...sentences, ...notes]) {
        expect(said).not.toMatch(
          /(?<![\d,.-])1 (attempts|buyers|sales|orders|units|purchases|windows|were|have)\b/,
        );
      }
      for (const sentence of sentences) {
        for (const [phrase, number, noun] of sentence.matchAll(COUNT)) {
          const most = populations[noun as keyof typeof populations];
          const value = Number(number?.replaceAll(',', ''));
          expect(value, `${phrase} of ${most}: ${sentence}`).toBeLessThanOrEqual(most);
          counted += 1;
        }
      }
    }),
    { numRuns: 1_000 },
  );
  expect(counted).toBeGreaterThan(1_000);
});

/** The most that a finding of each kind can count. */
const BOUNDS: Record<FindingKind, (lane: LaneSketch) => number> = {
  oversold: orderedIn,
  'lost-update': orderedIn,
  'stock-created': (lane) => orderedIn(lane) + Math.max(0, lane.final.finalStock),
  'stock-leak': (lane) => lane.final.initialStock + (lane.final.restocked ?? 0) - lane.final.finalStock,
  'negative-stock': (lane) => -lowestIn(lane),
  drift: ({ final }) => Math.abs((final.counter?.remaining ?? 0) - final.finalStock),
  'duplicate-unit': (lane) => populationsOf(lane).sale,
  'duplicate-order': ({ final }) => final.orders.length,
  'lost-order': ({ attempts }) => attempts.length,
  'phantom-order': ({ final }) => final.orders.length,
  'false-sold-out': ({ attempts }) => attempts.length,
  'non-linearizable': ({ attempts }) => attempts.length,
  'zombie-write': (lane) => populationsOf(lane).sale,
  'lock-overlap': ({ attempts }) => attempts.length,
};

test('no finding counts more than there is of what it counts', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.oneof(talkativeLane, damagedLane), (lane) => {
      for (const { kind, count } of auditLane(lane).verdict.findings) {
        seen.add(kind);
        expect(count, kind).toBeLessThanOrEqual(BOUNDS[kind](lane));
      }
    }),
    { numRuns: 1_000 },
  );
  expect([...seen].sort()).toEqual(Object.keys(BOUNDS).sort());
});

test('every sentence ends as one, and none repeats itself', () => {
  fc.assert(
    fc.property(fc.oneof(talkativeLane, damagedLane), (lane) => {
      const { verdict, checks } = auditLane(lane);
      for (const sentence of [verdict.reason, ...checks.map(({ why = 'Held.' }) => why)]) {
        expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
        expect(sentence).not.toMatch(
          /undefined|NaN|Infinity|\b(fell|rose) by -|\b0 (attempts|sales|orders)\b/,
        );
      }
    }),
    { numRuns: 700 },
  );
});
