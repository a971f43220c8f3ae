import { expect, test } from 'vitest';
import { bodiesOf } from './purchase-body';
import { thinkTime } from './think-time';

const LOAD = { sku: 'item', quantity: 2, attemptPrefix: 'race.0.', seed: 7, thinkMs: 100 };

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
