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
  const { settlement } = contextOf({ attempts, final: { initialStock: 9, finalStock: 9, orders } });
  expect(settlement.orders).toEqual({ count: 3, quantity: 4 });
  expect([...settlement.ownerOf]).toEqual([1, 0, 1]);
  expect([...settlement.ordersOf]).toEqual([1, 2, 0, 0]);
  expect([...settlement.firstOrderOf]).toEqual([1, 0, -1, -1]);
});

test('settles indeterminate attempts by whether they have an order', () => {
  const { settlement } = contextOf({
    attempts,
    final: { initialStock: 9, finalStock: 9, orders: ordersFor([1]) },
  });
  expect(settlement).toMatchObject({ recovered: 1, notSold: 1 });
});

test.each([
  { stillRunning: undefined, slackUnits: 0 },
  { stillRunning: 1, slackUnits: 3 },
  { stillRunning: 2, slackUnits: 5 },
  { stillRunning: 50, slackUnits: 5 },
])('$stillRunning purchases still running leave $slackUnits units open', ({ stillRunning, slackUnits }) => {
  const { settlement } = contextOf({
    attempts,
    final: { initialStock: 9, finalStock: 9, orders: [], stillRunning },
  });
  expect(settlement.slackUnits).toBe(slackUnits);
});
