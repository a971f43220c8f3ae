import { expect, test } from 'vitest';
import { goodLane, ordersFor, repeat, subjectOf } from '../../../tests/fixtures/history';
import { EVIDENCE_LIMIT } from './evidence';
import { oversold } from './oversold';

test('as many orders as units is not oversold', () => {
  expect(oversold(subjectOf(goodLane(3, repeat('accepted', 3)))).findings).toEqual([]);
});

test('names the orders past the last unit, by order id whatever the order of the rows', () => {
  const lane = goodLane(2, repeat('accepted', 4));
  lane.final.orders.reverse();
  expect(oversold(subjectOf(lane)).findings).toEqual([
    {
      kind: 'oversold',
      count: 2,
      message: '4 orders for 2 units: 2 units sold twice over.',
      evidence: [
        { attemptId: 'lane-2', orderId: '3', note: 'after this order 3 of 2 units were sold' },
        { attemptId: 'lane-3', orderId: '4', note: 'after this order 4 of 2 units were sold' },
      ],
    },
  ]);
});

test('counts units and not orders', () => {
  const lane = goodLane(5, repeat('accepted', 2));
  lane.final.orders = ordersFor([0, 1], 4);
  const [finding] = oversold(subjectOf(lane)).findings;
  expect(finding).toMatchObject({
    count: 3,
    message: '2 orders of 8 units in total for 5 units: 3 units sold twice over.',
  });
  expect(finding?.evidence.map(({ orderId }) => orderId)).toEqual(['2']);
});

test('more than twice the stock is called what it is', () => {
  const [finding] = oversold(subjectOf(goodLane(1, repeat('accepted', 3)))).findings;
  expect(finding?.message).toBe('3 orders for 1 unit: 2 units sold that did not exist.');
});

test('lists a bounded part of the evidence and counts all of it', () => {
  const [finding] = oversold(subjectOf(goodLane(100, repeat('accepted', 250)))).findings;
  expect(finding?.count).toBe(150);
  expect(finding?.evidence).toHaveLength(EVIDENCE_LIMIT);
  expect(finding?.evidence[0]?.orderId).toBe('101');
});

test('order ids that are not numbers keep the order of the rows', () => {
  const lane = goodLane(1, repeat('accepted', 2));
  lane.final.orders = ['b', 'a'].map((orderId, n) => ({ orderId, attemptId: `lane-${n}`, quantity: 1 }));
  expect(oversold(subjectOf(lane)).findings[0]?.evidence[0]?.orderId).toBe('a');
});
