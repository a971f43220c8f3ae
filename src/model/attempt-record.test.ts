import { expect, it } from 'vitest';
import { toAttemptRecord } from './attempt-record';
import { fromJson } from './batches/batch-json';
import type { BatchJson } from './batches/batch-json';

const PLACE = { raceId: 'r1', lane: 1 };
/** As a log from before some columns were recorded. */
const BATCH = fromJson({
  ...PLACE,
  seq: 40,
  count: 2,
  n: [7, 3],
  call: [10, 20],
  took: [900, 800],
  outcome: [0, 1],
  remaining: [4, null],
  status: [200, 409],
  retries: [0, 2],
  quantity: [1, 1],
  seenStock: [5, 0],
  seenVersion: [null, null],
  orderId: ['88', null],
  stepNames: ['read stock', 'write stock'],
  steps: [
    [0, 100, 200, 1, 400, 300],
    [0, 90, 10],
  ],
} as unknown as BatchJson);

it('tells what an attempt saw and was told, and its steps on the lane’s clock by name and kind', () => {
  const order = { orderId: '88', attemptId: 'r1.1.7', quantity: 1, strategy: 's', createdAt: '' };
  const source = `await step('read stock', () => db.item.count());`;
  expect(toAttemptRecord(PLACE, BATCH, 0, { kinds: { 'read stock': 'read' }, source }, [order])).toEqual({
    raceId: 'r1',
    lane: 1,
    n: 7,
    attemptId: 'r1.1.7',
    seq: 40,
    outcome: 'accepted',
    status: 200,
    callUs: 10,
    returnUs: 910,
    retries: 0,
    quantity: 1,
    seenStock: 5,
    seenVersion: null,
    remaining: 4,
    orderId: '88',
    token: null,
    steps: [
      { name: 'read stock', kind: 'read', fromUs: 110, toUs: 310 },
      { name: 'write stock', kind: null, fromUs: 410, toUs: 710 },
    ],
    code: { 'read stock': ['db.item.count()'], 'write stock': [] },
    orders: [order],
  });
});

it('leaves unknown what the batch does not know', () => {
  expect(toAttemptRecord(PLACE, BATCH, 1, { kinds: {}, source: '' }, [])).toMatchObject({
    attemptId: 'r1.1.3',
    outcome: 'sold-out',
    status: 409,
    remaining: null,
    orderId: null,
    orders: [],
  });
});
