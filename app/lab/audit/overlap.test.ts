import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goodLane, repeat, subjectOf, type LaneSketch } from '../../../tests/fixtures/history';
import { measureOverlap, peakInFlight, sharedTime } from './overlap';

function overlapOf(lane: LaneSketch) {
  return measureOverlap(subjectOf(lane));
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

describe('shared time', () => {
  test('agrees with comparing every pair', () => {
    fc.assert(
      fc.property(intervals, ({ start, end }) => {
        const known = Array.from(start, (s, i) => s < end[i]!);
        const shared = known.map((isKnown, i) =>
          known.some((other, j) => isKnown && other && i !== j && start[i]! < end[j]! && start[j]! < end[i]!),
        );
        const result = sharedTime(start, end);
        expect(Array.from(result.known, Boolean)).toEqual(known);
        expect(Array.from(result.shared, Boolean)).toEqual(shared);
      }),
      { numRuns: 2_000 },
    );
  });

  test('touching is no proof', () => {
    expect([...sharedTime(Float64Array.of(0, 5), Float64Array.of(5, 9)).shared]).toEqual([0, 0]);
  });

  test('one window round another shares time with it', () => {
    expect([...sharedTime(Float64Array.of(0, 5, 20), Float64Array.of(9, 6, 21)).shared]).toEqual([1, 1, 0]);
  });
});

test('sales one after the other, then a crowd told sold out: windows overlap, but nothing raced', () => {
  const lane = goodLane(2, ['accepted', 'accepted', ...repeat('sold-out' as const, 5)]);
  lane.attempts[0]!.window = [0, 1];
  lane.attempts[1]!.window = [2, 3];
  for (const attempt of lane.attempts.slice(2)) attempt.window = [4, 9];
  expect(overlapOf(lane)).toEqual({ peakInFlight: 7, overlappingWindows: 5, knownWindows: 7, raced: 0 });
});

test('a sale that shares its window with a buyer told sold out did race', () => {
  const lane = goodLane(1, ['accepted', 'sold-out']);
  lane.attempts[1]!.window = [8, 12];
  expect(overlapOf(lane)).toEqual({ peakInFlight: 2, overlappingWindows: 2, knownWindows: 2, raced: 1 });
});

test('without known windows nothing is proven, however many were in flight', () => {
  const lane = goodLane(2, ['accepted', 'accepted', 'sold-out']);
  for (const attempt of lane.attempts) attempt.window = undefined;
  expect(overlapOf(lane)).toEqual({ peakInFlight: 3, overlappingWindows: 0, knownWindows: 0, raced: 0 });
});

test('windows known only for those who did not sell prove nothing', () => {
  const lane = goodLane(1, ['accepted', 'sold-out', 'sold-out']);
  lane.attempts[0]!.window = undefined;
  expect(overlapOf(lane)).toMatchObject({ knownWindows: 2, raced: 0 });
});

test('where nobody sold there is no contested sale', () => {
  expect(overlapOf(goodLane(0, repeat('sold-out', 3)))).toMatchObject({ overlappingWindows: 3, raced: 0 });
});
