import { expect, it } from 'vitest';
import { isEmptyQuery, parseSearch } from './log-query';

const query = (text: string) => {
  const parsed = parseSearch(text);
  return parsed.ok ? parsed.query : parsed.message;
};

it('reads an attempt by its number or its id, and bounds', () => {
  expect(query('#120')).toEqual({ n: 120 });
  expect(query('7')).toEqual({ n: 7 });
  expect(query('k7w2m9qd4x.0.4711')).toEqual({ n: 4711 });
  expect(query('retries > 0')).toEqual({ retries: { least: 1, most: Infinity } });
  expect(query('left<0')).toEqual({ left: { least: -Infinity, most: -1 } });
  expect(query('left 91')).toEqual({ left: { least: 91, most: 91 } });
  expect(query('remaining = -3')).toEqual({ left: { least: -3, most: -3 } });
});

it('takes latency in milliseconds unless a unit says otherwise', () => {
  expect(query('took > 50')).toEqual({ took: { least: 50_001, most: Infinity } });
  expect(query('latency >= 0.5 s')).toEqual({ took: { least: 500_000, most: Infinity } });
  expect(query('took<=250µs')).toEqual({ took: { least: -Infinity, most: 250 } });
  expect(query('took < 1.5 ms')).toEqual({ took: { least: -Infinity, most: 1_499 } });
});

it('asks for all of several terms, however they are parted', () => {
  const both = { retries: { least: 1, most: Infinity }, took: { least: 5_001, most: 10_000 } };
  expect(query('retries > 0 took > 5 ms took <= 10 ms')).toEqual(both);
  expect(query('retries>0, took>5ms and latency<=10')).toEqual(both);
});

it('asks for nothing when nothing is typed, and says what it does not understand', () => {
  expect(isEmptyQuery(query('  ') as object)).toBe(true);
  expect(query('slow')).toBe('“slow” is not understood.');
  expect(query('retries > 0 ms')).toBe('“retries > 0 ms” is not understood.');
  expect(query('order 101')).toBe(
    '“order 101” is not understood. Rows do not hold their orders: open one to see its order.',
  );
  expect(query('took > 5 status 409')).toBe(
    '“status 409” is not understood. Rows hold outcomes: filter by outcome.',
  );
  expect(query('left <')).toBe('“left <” is not understood.');
});
