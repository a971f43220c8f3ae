import { expect, test } from 'vitest';
import { readAnswer } from './answer';

const read = (said: object) => readAnswer(200, JSON.stringify({ outcome: 'accepted', ...said }), 'a');

test('numbers are read as they are said', () => {
  const said = { retries: 65_535, orderId: '41', remaining: -3, seen: { stock: -2, version: 7 }, token: 9 };
  expect(read(said)).toMatchObject({
    retries: 65_535,
    orderId: 41,
    remaining: -3,
    seenStock: -2,
    seenVersion: 7,
    token: 9,
  });
});

test.for([70_000, 65_536, -5, 1.5, 'many', null, true, [3]])('%j are no retries', (retries) => {
  expect(read({ retries }).retries).toBe(0);
});

test.for([2 ** 60, 0.5, '', ' ', 'x', '0.1', null, false, [1], {}])('%j is no number to keep', (value) => {
  const answer = read({
    orderId: value,
    remaining: value,
    token: value,
    seen: { stock: value, version: value },
    trace: [value],
  });
  const { orderId, remaining, token, seenStock, seenVersion, trace } = answer;
  expect([orderId, remaining, token, seenStock, seenVersion, ...trace]).toEqual(Array(6).fill(NaN));
});

test.for(['all', { 0: 1 }, 7, null])('%j is no trace', (trace) => {
  expect(read({ trace }).trace).toEqual([]);
});
