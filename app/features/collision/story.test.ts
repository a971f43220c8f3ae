import { expect, it } from 'vitest';
import type { AttemptRecord } from '@/model/attempt-record';
import { toCollision } from './collision-model';
import { tellStory } from './explanation';

/** Read, think and write of one attempt, in µs. */
function attempt(n: number, read: number, write: number, change: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    raceId: 'r',
    lane: 0,
    n,
    attemptId: `r.0.${n}`,
    seq: n,
    outcome: 'accepted',
    status: 200,
    callUs: 0,
    returnUs: 10_000,
    retries: 0,
    quantity: 1,
    seenStock: 5,
    seenVersion: 7,
    remaining: 4,
    orderId: String(n),
    token: null,
    steps: [
      { name: 'read stock', kind: 'read', fromUs: read, toUs: read + 500 },
      { name: 'write stock', kind: 'write', fromUs: write, toUs: write + 500 },
    ],
    code: {},
    orders: [],
    ...change,
  };
}

const told = (...attempts: AttemptRecord[]) => {
  const collision = toCollision(attempts);
  const story = tellStory(collision, attempts);
  return story?.points.map(({ beat, text }) => [
    collision.beats[beat]?.who,
    collision.beats[beat]?.name,
    text,
  ]);
};

it('points out the stale read, the other’s write, and the write over it, whoever came last', () => {
  const points = [
    [1, 'read stock', 'B reads the stock: 5.'],
    [0, 'write stock', 'A writes 4. What B has read is out of date from here on.'],
    [1, 'write stock', 'B writes 4 all the same, from 5. A’s 4 is overwritten: its update has vanished.'],
  ];
  expect(told(attempt(1, 1_000, 4_000), attempt(2, 2_000, 6_000))).toEqual(points);
  const [first, second] = [attempt(1, 1_000, 6_000), attempt(2, 2_000, 4_000)];
  expect(told(first, second)?.map(([who]) => who)).toEqual([0, 1, 0]);
});

it('says that the second decided on an old number where both took a unit away', () => {
  const pair = [attempt(1, 1_000, 4_000), attempt(2, 2_000, 6_000, { remaining: 3 })] as const;
  expect(told(...pair)?.[2]?.[2]).toBe('B sells all the same, because it once read 5.');
  expect(tellStory(toCollision(pair), pair)?.isOverwritten).toBe(false);
});

it('tells nothing where the records do not show it', () => {
  const first = attempt(1, 1_000, 2_000);
  expect(told(first)).toBeUndefined();
  expect(told(first, attempt(2, 3_000, 4_000))).toBeUndefined();
  expect(told(first, attempt(2, 1_500, 4_000, { seenStock: 4 }))).toBeUndefined();
  expect(told(first, attempt(2, 1_500, 4_000, { outcome: 'sold-out' }))).toBeUndefined();
});
