import { expect, test } from 'vitest';
import { EVIDENCE_LIMIT } from '@/audit/evidence';
import { findingsOf, goodLane, ordersFor, repeat } from '../../../../tests/fixtures/lanes/history';
import { oversold } from './oversold';

test('as many orders as units is not oversold', () => {
  expect(findingsOf(oversold, goodLane(3, repeat('accepted', 3)))).toEqual([]);
});

test('names the orders past the last unit, by order id whatever the order of the rows', () => {
  const lane = goodLane(2, repeat('accepted', 4));
  lane.final.orders.reverse();
  expect(findingsOf(oversold, lane)).toEqual([
    {
      kind: 'oversold',
      count: 2,
      message: '4 orders for 2 units: 2 units were sold that did not exist.',
      evidence: [
        {
          attemptId: 'lane-2',
          otherAttemptId: 'lane-1',
          orderId: '3',
          units: 1,
          note: 'after this order 3 units were sold, of a stock of 2; the last unit had gone to lane-1',
        },
        {
          attemptId: 'lane-3',
          otherAttemptId: 'lane-1',
          orderId: '4',
          units: 1,
          note: 'after this order 4 units were sold, of a stock of 2; the last unit had gone to lane-1',
        },
      ],
      pieces: 2,
    },
  ]);
});

test('counts units and not orders', () => {
  const lane = goodLane(5, repeat('accepted', 2));
  lane.final.orders = ordersFor([0, 1], 4);
  const [finding] = findingsOf(oversold, lane);
  expect(finding).toMatchObject({
    count: 3,
    message: '2 orders of 8 units in total for 5 units: 3 units were sold that did not exist.',
  });
  expect(finding?.evidence.map(({ orderId, units }) => [orderId, units])).toEqual([['2', 3]]);
});

test('lists a bounded part of the evidence and counts all of it', () => {
  const [finding] = findingsOf(oversold, goodLane(100, repeat('accepted', 250)));
  expect(finding?.count).toBe(150);
  expect(finding?.evidence).toHaveLength(EVIDENCE_LIMIT);
  expect(finding?.evidence[0]?.orderId).toBe('101');
});

test('order ids that are not numbers keep the order of the rows', () => {
  const lane = goodLane(1, repeat('accepted', 2));
  lane.final.orders = ['b', 'a'].map((orderId, n) => ({ orderId, attemptId: `lane-${n}`, quantity: 1 }));
  expect(findingsOf(oversold, lane)[0]?.evidence[0]?.orderId).toBe('a');
});

test('names the sale that started from the same state, where that is known', () => {
  const lane = goodLane(1, repeat('accepted', 3));
  Object.assign(lane.attempts[0]!, { seenVersion: 4, remaining: 0 });
  Object.assign(lane.attempts[1]!, { seenVersion: 4, remaining: 0 });
  Object.assign(lane.attempts[2]!, { seenStock: 1, remaining: 0 });
  const pieces = findingsOf(oversold, lane)[0]?.evidence ?? [];
  expect(pieces[0]).toMatchObject({ attemptId: 'lane-1', otherAttemptId: 'lane-0', version: 4 });
  expect(pieces[0]?.times).toHaveLength(2);
  expect(pieces[1]).toMatchObject({ attemptId: 'lane-2', otherAttemptId: 'lane-0' });
  expect(pieces[1]?.note).toContain('from the same unit');
});

test('an order that takes the last unit and more is set beside the one before it', () => {
  const lane = goodLane(4, repeat('accepted', 3));
  lane.final.orders = ordersFor([0, 1, 2], 3);
  const pieces = findingsOf(oversold, lane)[0]?.evidence ?? [];
  expect(pieces.map(({ otherAttemptId }) => otherAttemptId)).toEqual(['lane-0', 'lane-1']);
  expect(pieces.map(({ note }) => note)).toEqual([
    'after this order 6 units were sold, of a stock of 4; 1 unit was left after the order of lane-0',
    'after this order 9 units were sold, of a stock of 4; the last unit had gone to lane-1',
  ]);
});

test('an order of an item without stock is set beside no last unit', () => {
  const lane = goodLane(0, repeat('accepted', 2));
  lane.final.orders = ordersFor([0, 1]);
  const notes = findingsOf(oversold, lane)[0]?.evidence.map(({ note }) => note);
  expect(notes).toEqual([
    'after this order 1 unit was sold, of a stock of 0',
    'after this order 2 units were sold, of a stock of 0',
  ]);
});
