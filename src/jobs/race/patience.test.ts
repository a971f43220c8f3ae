import { expect, test } from 'vitest';
import { Patience } from './patience';

const TURN_MS = 10;

/** Looks every 10 ms until patience is over, and answers how long that took by its own count, ms. */
function waitFor({
  movesEveryMs = Infinity,
  turnMs = TURN_MS,
  isKilled = false,
}: {
  movesEveryMs?: number;
  turnMs?: number;
  isKilled?: boolean;
}): number {
  const patience = new Patience();
  for (let ms = 0; ; ms += turnMs) {
    const moved = movesEveryMs === Infinity ? 0 : Math.floor(ms / movesEveryMs);
    if (patience.isOver({ left: 1, moved }, turnMs, isKilled)) return ms;
  }
}

test('purchases that stand still are given up after 15 s', () => {
  expect(waitFor({})).toBeGreaterThanOrEqual(15_000);
  expect(waitFor({})).toBeLessThan(15_100);
});

test('purchases that take a step every 14 s are waited for, but not for ever', () => {
  expect(waitFor({ movesEveryMs: 14_000 })).toBeGreaterThanOrEqual(120_000);
  expect(waitFor({ movesEveryMs: 14_000 })).toBeLessThan(120_100);
});

test('one that ends is a move as well', () => {
  const patience = new Patience();
  const left = [3, 2, 1].flatMap((count) => Array.from({ length: 1_400 }, () => count));
  expect(left.some((count) => patience.isOver({ left: count, moved: 0 }, TURN_MS, false))).toBe(false);
});

test('time in which this process had no turn does not count', () => {
  expect(waitFor({ turnMs: 15_000 })).toBeGreaterThan(15 * 15_000);
});

test('once the race is killed, purchases that move are not waited for longer than 1 s', () => {
  expect(waitFor({ movesEveryMs: 100, isKilled: true })).toBeLessThan(1_100);
});
