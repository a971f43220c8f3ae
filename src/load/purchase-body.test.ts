import { expect, test } from 'vitest';
import { bodiesOf } from './purchase-body';
import { thinkTime } from './models/think-time';

const LOAD = {
  sku: 'item',
  quantity: 2,
  attemptPrefix: 'race.0.',
  seed: 7,
  thinkMs: 100,
  urls: ['http://127.0.0.1'],
  timeoutMs: 10_000,
};

test('an attempt’s body holds its id, and the think time that seed and number say', () => {
  const bodyOf = bodiesOf(LOAD);
  for (const n of [0, 1, 41, 123_456]) {
    expect(JSON.parse(bodyOf(n))).toEqual({
      sku: 'item',
      quantity: 2,
      trace: true,
      attemptId: `race.0.${n}`,
      thinkMs: thinkTime(7, n, 100),
    });
  }
});

test('a body is ASCII, whatever the names in it', () => {
  const body = bodiesOf({ ...LOAD, sku: 'Tür "2"' })(3);
  expect(body).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(body)).toMatchObject({ sku: 'Tür "2"', attemptId: 'race.0.3' });
});

/** What attempt n says of the door. */
function doorOf(n: number, load: Partial<Parameters<typeof bodiesOf>[0]>): unknown {
  return (JSON.parse(bodiesOf({ ...LOAD, ...load })(n)) as { crowd?: unknown }).crowd;
}

test('the first attempts say how many are at the door, and the others nothing', () => {
  expect(doorOf(0, { crowd: 3 })).toEqual({ buyers: 3, waitMs: 2_000 });
  expect(doorOf(2, { crowd: 3 })).toEqual({ buyers: 3, waitMs: 2_000 });
  expect(doorOf(3, { crowd: 3 })).toBeUndefined();
  expect(doorOf(0, { crowd: 1 })).toBeUndefined();
  expect(doorOf(0, {})).toBeUndefined();
});

test('each server process has a door of its own, for those of the crowd who come to it', () => {
  const urls = ['http://a', 'http://b'];
  expect([0, 1, 2, 3, 4].map((n) => doorOf(n, { crowd: 5, urls }))).toEqual(
    [3, 2, 3, 2, 3].map((buyers) => ({ buyers, waitMs: 2_000 })),
  );
  // one buyer alone is no crowd
  expect([0, 1, 2].map((n) => doorOf(n, { crowd: 3, urls }))).toEqual([
    { buyers: 2, waitMs: 2_000 },
    undefined,
    { buyers: 2, waitMs: 2_000 },
  ]);
});

test('no attempt waits at the door until it has timed out', () => {
  expect(doorOf(0, { crowd: 3, timeoutMs: 151 })).toEqual({ buyers: 3, waitMs: 75 });
});
