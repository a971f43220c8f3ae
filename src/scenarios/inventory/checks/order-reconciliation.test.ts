import { describe, expect, test } from 'vitest';
import { EVIDENCE_LIMIT } from '@/audit/evidence';
import type { Outcome } from '@/model/outcome';
import {
  findingsOf as find,
  goodLane,
  ordersFor,
  repeat,
  type LaneSketch,
} from '../../../../tests/fixtures/lanes/history';
import { orderReconciliation } from './order-reconciliation';

function findingsOf(lane: LaneSketch) {
  return find(orderReconciliation, lane);
}

/** One attempt of this outcome, of two units, and orders of these quantities for it. */
function oneAttempt(outcome: Outcome, orderQuantities: number[]): LaneSketch {
  const orders = orderQuantities.map((quantity, o) => ({
    orderId: `${o + 1}`,
    attemptId: 'lane-0',
    quantity,
  }));
  return {
    attempts: [{ outcome, quantity: 2 }],
    final: { initialStock: 9, finalStock: 9, orders },
  };
}

test('every accepted attempt with its order, and no other order, is in agreement', () => {
  expect(
    findingsOf(goodLane(3, ['accepted', 'sold-out', 'conflict', 'error', 'accepted', 'indeterminate'])),
  ).toEqual([]);
});

test('an accepted attempt without an order is a lost order', () => {
  expect(findingsOf(oneAttempt('accepted', []))).toEqual([
    {
      kind: 'lost-order',
      count: 1,
      message: '1 attempt was told accepted but has no order.',
      evidence: [{ attemptId: 'lane-0', note: 'was told accepted; no order has its id' }],
      pieces: 1,
    },
  ]);
});

test('an indeterminate attempt with an order is recovered, which is no finding', () => {
  expect(findingsOf(oneAttempt('indeterminate', [2]))).toEqual([]);
});

test('told sold out with an order is a false sold-out', () => {
  expect(findingsOf(oneAttempt('sold-out', [2]))).toEqual([
    {
      kind: 'false-sold-out',
      count: 1,
      message: '1 attempt was told sold out but has an order.',
      evidence: [{ attemptId: 'lane-0', orderId: '1', note: 'was told sold out' }],
      pieces: 1,
    },
  ]);
});

test.each(['conflict', 'error'] as const)('told %s with an order is an order nobody knows of', (outcome) => {
  expect(findingsOf(oneAttempt(outcome, [2]))).toEqual([
    {
      kind: 'phantom-order',
      count: 1,
      message: '1 attempt was told conflict or error but has an order.',
      evidence: [{ attemptId: 'lane-0', orderId: '1', note: `was told ${outcome}` }],
      pieces: 1,
    },
  ]);
});

test('every order past the first of an attempt is a duplicate', () => {
  const findings = findingsOf(oneAttempt('accepted', [2, 2, 1]));
  expect(findings).toMatchObject([{ kind: 'duplicate-order', count: 2 }]);
  expect(findings[0]?.evidence).toEqual([
    { attemptId: 'lane-0', orderId: '2', note: 'the attempt already had order 1' },
    { attemptId: 'lane-0', orderId: '3', note: 'the attempt already had order 1' },
  ]);
});

test('an order of other units than asked for is lost or phantom by the difference', () => {
  expect(findingsOf(oneAttempt('accepted', [1]))).toMatchObject([
    { kind: 'lost-order', message: '1 order has fewer units than asked for.' },
  ]);
  expect(findingsOf(oneAttempt('accepted', [3]))).toMatchObject([
    {
      kind: 'phantom-order',
      message: '1 order has more units than asked for.',
      evidence: [{ orderId: '1', note: 'asked for 2, the order has 3' }],
    },
  ]);
});

test('a buyer told of another order than the table has was told of a lost one', () => {
  const lane = goodLane(5, ['accepted', 'accepted']);
  lane.attempts[0]!.told = 1;
  lane.attempts[1]!.told = 7;
  expect(findingsOf(lane)).toMatchObject([
    {
      kind: 'lost-order',
      count: 1,
      evidence: [{ attemptId: 'lane-1', orderId: '2', note: 'was told order 7' }],
    },
  ]);
});

describe('an order whose attempt id is', () => {
  test.each([
    'lane-12',
    'lane-01',
    'lane-',
    'lane-1e0',
    'lane-1.0',
    'lane-:',
    'lane-1/',
    ' lane-1',
    'race-1',
    '',
    `lane-${'9'.repeat(400)}`,
  ])('%j was asked for by nobody', (attemptId) => {
    const lane = goodLane(5, repeat('conflict', 12));
    lane.final.orders = [{ orderId: '5', attemptId, quantity: 1 }];
    expect(findingsOf(lane)).toMatchObject([
      {
        kind: 'phantom-order',
        count: 1,
        message: '1 order belongs to no attempt.',
        evidence: [{ attemptId }],
      },
    ]);
  });
});

test('attempts are found by number wherever they are in the history', () => {
  const lane: LaneSketch = {
    attempts: [4_294_967_295, 0, 77].map((n) => ({ n, outcome: 'accepted' })),
    final: { initialStock: 3, finalStock: 0, orders: ordersFor([0, 77, 4_294_967_295]) },
  };
  expect(findingsOf(lane)).toEqual([]);
});

test('order ids that are not numbers are not compared with what the buyer was told', () => {
  const lane = goodLane(5, ['accepted']);
  lane.attempts[0]!.told = 7;
  lane.final.orders[0]!.orderId = '3f2c-a1';
  expect(findingsOf(lane)).toEqual([]);
});

test('one finding a kind; evidence is bounded, the count is not', () => {
  const lane = goodLane(99, repeat('accepted', 50));
  lane.final.orders = [{ orderId: '900', attemptId: 'lane-0', quantity: 0 }];
  const findings = findingsOf(lane);
  expect(findings.map(({ kind, count }) => [kind, count])).toEqual([['lost-order', 50]]);
  expect(findings[0]?.message).toBe(
    '49 attempts were told accepted but have no order; 1 order has fewer units than asked for.',
  );
  expect(findings[0]?.evidence).toHaveLength(EVIDENCE_LIMIT);
});
