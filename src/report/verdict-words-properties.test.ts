import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toDescribedLane } from '@/history-file/described-lane';
import { OUTCOMES, type Outcome } from '@/model/outcome';
import { FINDING_NAMES } from '@/model/wording';
import { correctLane, correctLaneWithSale } from '../../tests/fixtures/lanes/correct-lane';
import { MUTATIONS } from '../../tests/fixtures/lanes/damages/index';
import { auditLane, finalOf, goodLane, historyOf, type LaneSketch } from '../../tests/fixtures/lanes/history';
import type { DescribedLane } from './classify-lane';
import { describeLane, LANE_STATES, type LaneStateId } from './verdict-words';

// fast-check prints the seed and the shrunken lane when a property fails; `fc.assert(…, { seed })` runs it again.

/** What a lane of a race has beside its history. */
const circumstances = fc.record({
  expected: fc.constantFrom('unsafe', 'conditional', 'safe', undefined),
  dropped: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(100)),
  control: fc.constantFrom(undefined, { strategy: 'read-then-write', broke: true }),
});

type Circumstances = typeof circumstances extends fc.Arbitrary<infer T> ? T : never;

function describedLane(sketch: LaneSketch, { expected, dropped, control }: Circumstances): DescribedLane {
  const [history, final] = [historyOf(sketch.attempts), finalOf(sketch)];
  const lane = toDescribedLane({ header: { expected, control }, history, final }, auditLane(sketch));
  return { ...lane, sends: dropped === 0 ? null : { dropped } };
}

/** Lanes whose attempts all run at once, and which may have units to spare. */
const crowd = fc
  .record({
    outcomes: fc.array(fc.constantFrom(...OUTCOMES, 'accepted', 'sold-out'), { minLength: 2, maxLength: 12 }),
    /** Some of the outcomes never occur, so that the others decide. */
    never: fc.subarray<Outcome>(['sold-out', 'conflict', 'error', 'indeterminate']),
    spare: fc.constantFrom(0, 0, 1, 2, 20),
    /** Whether those who were told sold out asked for more than is left. */
    askMore: fc.boolean(),
    /** Whether no answer reached anybody. */
    silent: fc.constantFrom(true, false, false, false, false),
  })
  .map(({ outcomes, never, spare, askMore, silent }): LaneSketch => {
    const kept = outcomes.filter((outcome) => !never.includes(outcome));
    const lane = goodLane(kept.filter((outcome) => outcome === 'accepted').length + spare, kept);
    for (const attempt of lane.attempts)
      if (askMore && attempt.outcome === 'sold-out') attempt.quantity = spare + 1;
    if (silent) for (const attempt of lane.attempts) attempt.outcome = 'indeterminate';
    return lane;
  });

const correct = fc
  .tuple(fc.oneof(correctLane, crowd), circumstances)
  .map(([sketch, around]) => ({ sketch, around }));

/** How many attempts ended so although the units that they asked for were left at the end. */
function without(sketch: LaneSketch, ...outcomes: string[]): number {
  const { attempts, final } = sketch;
  return attempts.filter(
    ({ outcome, quantity = 1 }) => outcomes.includes(outcome) && quantity <= final.finalStock,
  ).length;
}

const asked = ({ attempts }: LaneSketch): number =>
  attempts.reduce((sum, { quantity = 1 }) => sum + quantity, 0);

/** What a word claims, counted from the attempts themselves. */
const IS_TRUE: Partial<Record<LaneStateId, (sketch: LaneSketch, around: Circumstances) => boolean>> = {
  exact: (lane, { expected }) => isServed(lane) && lane.final.finalStock === 0 && !isDoubtful(expected),
  held: (lane, { expected }) => isServed(lane) && lane.final.finalStock > 0 && !isDoubtful(expected),
  'held-here': (lane, { expected }) => isServed(lane) && expected === 'conditional',
  'held-this-time': (lane, { expected }) => isServed(lane) && expected === 'unsafe',
  untested: (lane) =>
    asked(lane) <= lane.final.initialStock && without(lane, 'sold-out', 'conflict', 'error') === 0,
  undersold: (lane) => without(lane, 'sold-out') > 0,
  'turned-away': (lane) => without(lane, 'conflict') > 0,
  failures: (lane) => without(lane, 'error') > 0,
  'not-sent': ({ attempts }, { dropped }) => dropped > attempts.length,
  'not-answered': ({ attempts }) =>
    attempts.filter(({ outcome }) => outcome === 'indeterminate').length > attempts.length / 2,
  'nothing-sent': ({ attempts }) => attempts.length === 0,
  'nothing-sold': ({ final }) => final.orders.length === 0,
  undecided: ({ attempts }) => attempts.every(({ outcome }) => outcome === 'indeterminate'),
  uncontested: ({ final }) => final.orders.length > 0,
};

/** Nobody went without who could have had a unit, and more were asked for than there were. */
function isServed(lane: LaneSketch): boolean {
  return asked(lane) > lane.final.initialStock && without(lane, 'sold-out', 'conflict', 'error') === 0;
}

const isDoubtful = (expected: Circumstances['expected']) =>
  expected === 'unsafe' || expected === 'conditional';

test('a lane that broke nothing is called what it is', () => {
  const seen = new Map<LaneStateId, number>();
  fc.assert(
    fc.property(correct, ({ sketch, around }) => {
      const { id } = describeLane(describedLane(sketch, around));
      seen.set(id, (seen.get(id) ?? 0) + 1);
      expect(IS_TRUE[id]?.(sketch, around), id).toBe(true);
    }),
    { numRuns: 500 },
  );
  // a word that no lane ever got would not have been tested
  expect([...seen.keys()].sort(), JSON.stringify([...seen])).toEqual(Object.keys(IS_TRUE).sort());
});

/** What each noun of the sentences can count at most. Units: what was there, was asked for or was sold. */
function mostOf(lane: DescribedLane): Record<string, number> {
  const { counts, sends, stock, orders, liveness } = lane;
  const units = Math.max(stock.initial, orders.quantity, liveness?.demand ?? 0);
  const purchases = counts.attempts + (sends?.dropped ?? 0);
  return {
    attempt: counts.attempts,
    buyer: counts.attempts,
    window: counts.attempts,
    unit: units,
    purchase: purchases,
    '%': 100,
  };
}

/** A number, the whole that it is part of if one is named, and the noun that says what they count. */
const COUNTED =
  /(\d[\d,]*)(?: \([^)]*\))?(?: of (?:any of )?(\d[\d,]*))?[\s\u00a0](?:read-to-write )?(attempt|buyer|window|unit|purchase|%)s?/g;
/** The parts of a count that was named before. */
const SPLIT = /: by the orders table (\d[\d,]*) of them sold, (\d[\d,]*) did not\./;

test('no number in a sentence is larger than what it counts', () => {
  let numbers = 0;
  fc.assert(
    fc.property(correct, ({ sketch, around }) => {
      const lane = describedLane(sketch, around);
      const { reason, figure } = describeLane(lane);
      const most = mostOf(lane);
      const split = SPLIT.exec(reason);
      if (split) expect(toNumber(split[1]) + toNumber(split[2])).toBe(lane.counts.indeterminate);
      const text = reason.replace(SPLIT, '.');
      for (const [said, part, whole, noun] of text.matchAll(COUNTED)) {
        numbers += 1;
        const bound = most[noun ?? ''] ?? Number.NaN;
        expect(toNumber(part), said).toBeLessThanOrEqual(whole === undefined ? bound : toNumber(whole));
        if (whole !== undefined) expect(toNumber(whole), said).toBeLessThanOrEqual(bound);
      }
      // nothing is counted that the nouns above do not name
      expect(text.replaceAll(COUNTED, '')).not.toMatch(/\d/);
      if (figure)
        expect(toNumber(figure)).toBeLessThanOrEqual(Math.max(most.attempt ?? 0, most.unit ?? 0, 100));
    }),
    { numRuns: 500 },
  );
  expect(numbers).toBeGreaterThan(500);
});

/** A damaged lane of which some units are where purchases that still run may have moved them. */
const damagedWhileRunning = fc
  .record({
    lane: correctLaneWithSale,
    damage: fc.constantFrom(...MUTATIONS),
    choice: fc.nat(),
    running: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
    moved: fc.integer({ min: -2, max: 2 }),
  })
  .map(({ lane: given, damage: { damage }, choice, running, moved }): LaneSketch => {
    const lane = structuredClone(given);
    damage(lane, choice);
    for (const quantity of running) {
      const n = Math.max(...lane.attempts.map((attempt, i) => attempt.n ?? i)) + 1;
      lane.attempts.push({ n, outcome: 'indeterminate', quantity, at: [900, 950] });
    }
    if (running.length > 0) lane.final.finalStock += moved;
    lane.final.stillRunning = running.length;
    return lane;
  });

test.each(MUTATIONS)(
  'a lane with $name is called violated, and counts no more than there is',
  ({ damage }) => {
    fc.assert(
      fc.property(correctLaneWithSale, circumstances, fc.nat(), (given, around, choice) => {
        const sketch = structuredClone(given);
        fc.pre(damage(sketch, choice) !== undefined);
        const lane = describedLane(sketch, around);
        const { tone, word, figure, reason } = describeLane(lane);
        expect(tone).toBe('violated');
        expect(word).not.toBe(LANE_STATES['other-violation'].word);
        expect(toNumber(figure)).toBe(lane.verdict.findings[0]?.count);
        const outOfOrder = /non-linearizable \(([\d,]+)\)/.exec(reason)?.[1];
        if (outOfOrder) expect(toNumber(outOfOrder)).toBeLessThanOrEqual(lane.counts.attempts);
      }),
      { numRuns: 30, maxSkipsPerRun: 1_000 },
    );
  },
);

test('the word of a lane is that of its first finding, also while purchases still run', () => {
  const words: string[] = [];
  fc.assert(
    fc.property(damagedWhileRunning, circumstances, (sketch, around) => {
      const lane = describedLane(sketch, around);
      const [first] = lane.verdict.findings;
      if (first === undefined) return;
      const { word, figure } = describeLane(lane);
      expect(word).toBe(FINDING_NAMES[first.kind].toUpperCase());
      expect(toNumber(figure)).toBe(first.count);
      words.push(word);
    }),
    { numRuns: 500 },
  );
  expect(words.length).toBeGreaterThan(150);
});

function toNumber(text: string | undefined): number {
  return Number((text ?? '').replaceAll(/[^\d]/g, ''));
}
