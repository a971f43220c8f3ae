import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '@/model/outcome';
import {
  auditLane,
  goodLane,
  ordersFor,
  PREFIX,
  repeat,
  contextOf,
  type AttemptSketch,
  type LaneSketch,
} from '../../tests/fixtures/lanes/history';
import { findMeetings, measureOverlap, peakInFlight, type Spans } from './overlap';

function overlapOf(lane: LaneSketch) {
  return measureOverlap(contextOf(lane));
}

/** Few distinct times, so that ties, touching and empty intervals are common; sometimes unknown or reversed. */
const time = fc.oneof({ weight: 9, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.constant(NaN) });
const intervals = fc.array(fc.tuple(time, time), { maxLength: 40 }).map((pairs) => ({
  start: Float64Array.from(pairs, ([s]) => s),
  end: Float64Array.from(pairs, ([, e]) => e),
}));

describe('peak in flight', () => {
  test('agrees with counting at every moment', () => {
    fc.assert(
      fc.property(intervals, ({ start, end }) => {
        const openAt = (t: number) => start.filter((s, i) => s <= t && t <= end[i]!).length;
        const peak = Array.from({ length: 13 }, (_, t) => openAt(t)).reduce((a, b) => Math.max(a, b), 0);
        expect(peakInFlight(start, end)).toBe(peak);
      }),
      { numRuns: 2_000 },
    );
  });

  test('attempts that touch are in flight together, because intervals are closed', () => {
    expect(peakInFlight(Float64Array.of(0, 5), Float64Array.of(5, 9))).toBe(2);
    expect(peakInFlight(Float64Array.of(0, 5.001), Float64Array.of(5, 9))).toBe(1);
  });
});

/** For each span, by comparing every pair, whether it shares more than an instant with another attempt's. */
function compareAll(spans: Spans, others: Spans): boolean[] {
  const indexes = Array.from(spans.start.keys());
  const isKnown = ({ start, end }: Spans, i: number) => start[i]! < end[i]!;
  const meet = (i: number, j: number) =>
    i !== j &&
    isKnown(spans, i) &&
    isKnown(others, j) &&
    spans.start[i]! < others.end[j]! &&
    others.start[j]! < spans.end[i]!;
  return indexes.map((i) => indexes.some((j) => meet(i, j)));
}

describe('meetings', () => {
  test('agree with comparing every pair, of the same spans and of others', () => {
    fc.assert(
      fc.property(intervals, intervals, (a, b) => {
        const count = Math.min(a.start.length, b.start.length);
        const cut = ({ start, end }: Spans) => ({ start: start.slice(0, count), end: end.slice(0, count) });
        const [spans, others] = [cut(a), cut(b)];
        expect(Array.from(findMeetings(spans, spans), Boolean)).toEqual(compareAll(spans, spans));
        expect(Array.from(findMeetings(spans, others), Boolean)).toEqual(compareAll(spans, others));
      }),
      { numRuns: 4_000 },
    );
  });

  test('touching is no proof', () => {
    const spans = { start: Float64Array.of(0, 5), end: Float64Array.of(5, 9) };
    expect([...findMeetings(spans, spans)]).toEqual([0, 0]);
  });

  test('one span round another shares time with it', () => {
    const spans = { start: Float64Array.of(0, 5, 20), end: Float64Array.of(9, 6, 21) };
    expect([...findMeetings(spans, spans)]).toEqual([1, 1, 0]);
  });

  test('an attempt does not meet itself', () => {
    const all = { start: Float64Array.of(0, 40), end: Float64Array.of(9, 41) };
    const inner = { start: Float64Array.of(2, NaN), end: Float64Array.of(5, NaN) };
    expect([...findMeetings(all, inner)]).toEqual([0, 0]);
  });
});

/** What audit.md 13 says, attempt by attempt and pair by pair. */
function proofByDefinition({ attempts, final }: LaneSketch) {
  const isSale = (i: number) => final.orders.some(({ attemptId }) => attemptId === `${PREFIX}${i}`);
  type Span = [number, number] | undefined;
  const share = (a: Span, b: Span) =>
    a !== undefined &&
    b !== undefined &&
    a[0] < a[1] &&
    b[0] < b[1] &&
    Math.max(a[0], b[0]) < Math.min(a[1], b[1]);
  const all = Array.from(attempts.keys());
  const count = (holds: (a: AttemptSketch, b: AttemptSketch, j: number) => boolean) =>
    all.filter((i) => all.some((j) => i !== j && holds(attempts[i]!, attempts[j]!, j))).length;
  return {
    overlappingWindows: count((a, b) => share(a.window, b.window)),
    waited: count((a, b, j) => isSale(j) && share(a.wait, b.hold)),
    metWrites: count((a, b, j) => isSale(j) && share(a.window, b.pending)),
    raced: all.filter(
      (i) =>
        isSale(i) &&
        attempts.some(
          (other, j) =>
            i !== j &&
            (share(attempts[i]!.window, other.window) ||
              share(attempts[i]!.hold, other.wait) ||
              share(attempts[i]!.pending, other.window)),
        ),
    ).length,
  };
}

test('what proves contest is what the definition says, on any spans', () => {
  const span = fc.option(fc.tuple(fc.nat(12), fc.nat(12)), { nil: undefined });
  const attempt = fc.record({
    outcome: fc.constantFrom<Outcome>('accepted', 'sold-out', 'conflict', 'error', 'indeterminate'),
    window: span,
    hold: span,
    wait: span,
    pending: span,
    hasOrder: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 12 }), (attempts) => {
      const sold = attempts.flatMap(({ hasOrder }, i) => (hasOrder ? [i] : []));
      const final = { initialStock: 9, finalStock: 9, orders: ordersFor(sold) };
      const lane: LaneSketch = { attempts, final };
      expect(overlapOf(lane)).toMatchObject(proofByDefinition(lane));
    }),
    { numRuns: 4_000 },
  );
});

test('attempts one after the other prove nothing, whatever steps they took', () => {
  const cuts = fc.array(fc.nat(3), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ cuts, sold: fc.boolean(), writes: fc.boolean() }), { maxLength: 9 }),
      (buyers) => {
        let now = 0;
        const attempts = buyers.map(({ cuts: gaps, sold, writes }): AttemptSketch => {
          // call, lock asked, granted, written, commit sent, return: each where the one before it was, or later
          const [call, asked, granted, written, sent, end] = gaps.slice(0, 6).map((gap) => (now += gap));
          return {
            outcome: sold ? 'accepted' : 'sold-out',
            at: [call!, end!],
            wait: [asked!, granted!],
            hold: [granted!, sent!],
            ...((sold || writes) && { window: [asked!, written!] as [number, number] }),
            ...(sold && { pending: [written!, sent!] as [number, number] }),
          };
        });
        const orders = ordersFor(buyers.flatMap(({ sold }, i) => (sold ? [i] : [])));
        const stock = orders.length;
        const lane = { attempts, final: { initialStock: stock, finalStock: 0, orders } };
        expect(overlapOf(lane)).toMatchObject({ overlappingWindows: 0, waited: 0, metWrites: 0, raced: 0 });
        expect(auditLane(lane).verdict.status).not.toBe('ok');
      },
    ),
    { numRuns: 2_000 },
  );
});

/** One sale of the last unit from 0 to 20, under a lock: asked for at 1, granted at 3, written by 12, committed from 15. */
function lastUnit(losers: AttemptSketch[]): LaneSketch {
  const winner: AttemptSketch = {
    outcome: 'accepted',
    at: [0, 20],
    window: [1, 12],
    wait: [1, 3],
    hold: [3, 15],
    pending: [12, 15],
  };
  const final = { initialStock: 1, finalStock: 0, orders: ordersFor([0]) };
  return { attempts: [winner, ...losers], final };
}

describe('one sale only', () => {
  test('is contested by those who waited for its lock', () => {
    const losers = repeat<AttemptSketch>({ outcome: 'sold-out', at: [0, 40], wait: [5, 18] }, 19);
    const { verdict, overlap } = auditLane(lastUnit(losers));
    expect(overlap).toMatchObject({ overlappingWindows: 0, waited: 19, metWrites: 0, raced: 1 });
    expect(verdict).toMatchObject({ status: 'ok' });
    expect(verdict.reason).toContain('19 buyers waited for, or failed on, the lock of the one sale');
  });

  test('is contested by one who was refused its lock', () => {
    const { verdict } = auditLane(lastUnit([{ outcome: 'conflict', at: [0, 40], wait: [5, 6] }]));
    expect(verdict.status).toBe('ok');
    expect(verdict.reason).toContain('1 buyer waited for, or failed on, the lock of the one sale');
  });

  test('is contested by one whose write met its own before the commit', () => {
    const { verdict, overlap } = auditLane(
      lastUnit([{ outcome: 'sold-out', at: [0, 40], window: [13, 17] }]),
    );
    expect(overlap).toMatchObject({ overlappingWindows: 0, waited: 0, metWrites: 1, raced: 1 });
    expect(verdict.reason).toContain('1 buyer met the uncommitted write of the one sale');
  });

  test.for<[string, AttemptSketch]>([
    ['who asked for the lock when it was given back', { outcome: 'sold-out', at: [0, 40], wait: [15, 18] }],
    ['whose lock was granted before', { outcome: 'conflict', at: [0, 40], wait: [0, 3] }],
    ['who asked for the lock in no time', { outcome: 'conflict', at: [0, 40], wait: [5, 5] }],
    ['who was in flight with it and took no step', { outcome: 'sold-out', at: [0, 40] }],
    ['who held the lock as well', { outcome: 'sold-out', at: [0, 40], hold: [5, 6] }],
    ['who wrote after its commit was sent', { outcome: 'conflict', at: [0, 40], window: [15, 16] }],
  ])('is not contested by one %s', ([, loser]) => {
    const { verdict, overlap } = auditLane(lastUnit([loser]));
    expect(overlap.raced).toBe(0);
    expect(verdict.status).not.toBe('ok');
  });

  test('is not contested by a crowd that waits for its own lock afterwards', () => {
    const crowd = Array.from({ length: 9 }, (_, k): AttemptSketch => {
      const granted = 21 + 2 * k;
      return { outcome: 'sold-out', at: [0, 60], wait: [16, granted], hold: [granted, granted + 2] };
    });
    expect(auditLane(lastUnit(crowd)).verdict.status).toBe('inconclusive');
  });
});

test('sales one after the other, then a crowd told sold out: windows overlap, but nothing raced', () => {
  const lane = goodLane(2, ['accepted', 'accepted', ...repeat('sold-out' as const, 5)]);
  lane.attempts[0]!.window = [0, 1];
  lane.attempts[1]!.window = [2, 3];
  for (const attempt of lane.attempts.slice(2)) attempt.window = [4, 9];
  expect(overlapOf(lane)).toMatchObject({
    peakInFlight: 7,
    overlappingWindows: 5,
    knownWindows: 7,
    raced: 0,
  });
});

test('a sale that shares its window with a buyer told sold out did race', () => {
  const lane = goodLane(1, ['accepted', 'sold-out']);
  lane.attempts[1]!.window = [8, 12];
  expect(overlapOf(lane)).toMatchObject({
    peakInFlight: 2,
    overlappingWindows: 2,
    knownWindows: 2,
    raced: 1,
  });
});

test('without known windows nothing is proven, however many were in flight', () => {
  const lane = goodLane(2, ['accepted', 'accepted', 'sold-out']);
  for (const attempt of lane.attempts) attempt.window = undefined;
  expect(overlapOf(lane)).toMatchObject({
    peakInFlight: 3,
    overlappingWindows: 0,
    knownWindows: 0,
    raced: 0,
  });
});

test('windows known only for those who did not sell prove nothing', () => {
  const lane = goodLane(1, ['accepted', 'sold-out', 'sold-out']);
  lane.attempts[0]!.window = undefined;
  expect(overlapOf(lane)).toMatchObject({ knownWindows: 2, raced: 0 });
});

test('where nobody sold there is no contested sale', () => {
  expect(overlapOf(goodLane(0, repeat('sold-out', 3)))).toMatchObject({ overlappingWindows: 3, raced: 0 });
});
