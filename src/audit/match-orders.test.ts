import { expect, test } from 'vitest';
import { ordersFor, contextOf, type AttemptSketch } from '../../tests/fixtures/lanes/history';

const attempts: AttemptSketch[] = [
  { outcome: 'accepted' },
  { outcome: 'indeterminate', quantity: 3 },
  { outcome: 'indeterminate', quantity: 2 },
  { outcome: 'sold-out' },
];

test('joins orders and attempts by attempt id, whatever their order', () => {
  const orders = [...ordersFor([1, 0]), { orderId: '9', attemptId: 'lane-1', quantity: 2 }];
  const { matched } = contextOf({ attempts, final: { initialStock: 9, finalStock: 9, orders } });
  expect(matched.orders).toEqual({ count: 3, quantity: 4 });
  expect([...matched.ownerOf]).toEqual([1, 0, 1]);
  expect([...matched.ordersOf]).toEqual([1, 2, 0, 0]);
  expect([...matched.firstOrderOf]).toEqual([1, 0, -1, -1]);
});

test('tells of indeterminate attempts whether they sold by whether they have an order', () => {
  const { matched } = contextOf({
    attempts,
    final: { initialStock: 9, finalStock: 9, orders: ordersFor([1]) },
  });
  expect(matched).toMatchObject({ recovered: 1, notSold: 1 });
});

test.each([
  { stillRunning: undefined, slackUnits: 0 },
  { stillRunning: 1, slackUnits: 3 },
  { stillRunning: 2, slackUnits: 5 },
  { stillRunning: 50, slackUnits: 5 },
])('$stillRunning purchases still running leave $slackUnits units open', ({ stillRunning, slackUnits }) => {
  const { matched } = contextOf({
    attempts,
    final: { initialStock: 9, finalStock: 9, orders: [], stillRunning },
  });
  expect(matched.slackUnits).toBe(slackUnits);
});

test('counts the units of one attempt beyond 32 bits', () => {
  const orders = ['1', '2', '3'].map((orderId) => ({ orderId, attemptId: 'lane-0', quantity: 1e9 }));
  const { matched } = contextOf({ attempts, final: { initialStock: 4e9, finalStock: 0, orders } });
  expect(matched.unitsOf[0]).toBe(3e9);
});
