import { expect, test } from 'vitest';
import { findingsOf, goodLane, contextOf, type LaneSketch } from '../../../../tests/fixtures/lanes/history';
import { conservation } from './conservation';

function withCounter(remaining: number | null, stillRunning = 0): LaneSketch {
  const lane = goodLane(5, ['accepted', 'indeterminate']);
  Object.assign(lane.final, { counter: { store: 'Redis', remaining }, stillRunning });
  return lane;
}

test('a strategy without a counter of its own has nothing to drift', () => {
  expect(conservation(contextOf(goodLane(5, ['accepted'])))).toMatchObject({
    found: [],
    notApplicable: expect.stringContaining('no counter') as string,
  });
});

test('a counter that agrees with the row holds', () => {
  expect(conservation(contextOf(withCounter(4)))).toEqual({ found: [] });
});

test('a counter above the row would oversell', () => {
  expect(findingsOf(conservation, withCounter(6))).toEqual([
    {
      kind: 'drift',
      count: 2,
      message: "Redis says 6 left, the item's row says 4: the counter would let through 2 units too many.",
      evidence: [{ note: 'counter - row = 6 - 4 = 2' }],
      pieces: 1,
    },
  ]);
});

test('a counter below the row holds units back', () => {
  expect(findingsOf(conservation, withCounter(3))).toMatchObject([
    {
      count: 1,
      message: "Redis says 3 left, the item's row says 4: the counter holds back 1 unit too many.",
    },
  ]);
});

test('a counter that is gone can be neither right nor wrong', () => {
  expect(conservation(contextOf(withCounter(null)))).toEqual({
    found: [],
    doubt: "The counter in Redis is gone, so it cannot be compared with the item's row.",
  });
});

test('a purchase still running excuses the units it asked for', () => {
  expect(findingsOf(conservation, withCounter(3, 1))).toEqual([]);
  expect(findingsOf(conservation, withCounter(2, 1))).toMatchObject([
    { count: 1, message: expect.stringContaining('at least 1 unit') as string },
  ]);
});
