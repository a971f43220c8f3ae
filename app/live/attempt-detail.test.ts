import { expect, it } from 'vitest';
import { pickAttempt } from './attempt-detail';
import type { StoredBatch } from './protocol';

const BATCH: StoredBatch = {
  ...{
    raceId: 'r1',
    lane: 1,
    seq: 40,
    count: 2,
    n: [7, 3],
    call: [10, 20],
    took: [900, 800],
    outcome: [0, 1],
  },
  ...{ remaining: [4, null], status: [200, 409], retries: [0, 2], quantity: [1, 1], seenStock: [5, 0] },
  ...{ seenVersion: [null, null], orderId: ['88', null], stepNames: ['read stock', 'write stock'] },
  steps: [
    [0, 100, 200, 1, 400, 300],
    [0, 90, 10],
  ],
};

it('picks the attempt at a sequence number with its steps by name', () => {
  expect(pickAttempt([BATCH], 40)).toMatchObject({
    attemptId: 'r1.1.7',
    orderId: '88',
    seenStock: 5,
    steps: [
      { name: 'read stock', start: 100, took: 200 },
      { name: 'write stock', start: 400, took: 300 },
    ],
  });
  expect(pickAttempt([BATCH], 41)).toMatchObject({
    attemptId: 'r1.1.3',
    status: 409,
    remaining: null,
    orderId: null,
  });
});

it('has nothing for a sequence number outside the batches', () => {
  expect([pickAttempt([BATCH], 39), pickAttempt([BATCH], 42), pickAttempt([], 40)]).toEqual([
    null,
    null,
    null,
  ]);
});
