import { describe, expect, test } from 'vitest';
import type { AppAnswer } from '@/app-under-test/send-request';
import type { AppOutcome, RowChange } from './outcome-masks';
import { serialOrders, SerialOrders } from './serial-orders';

const stock = (before: number, after: number): RowChange => ({
  table: 'public.items',
  before: { sku: 'a', stock: String(before) },
  after: { sku: 'a', stock: String(after) },
});
const order = (id: number, buyer: string): RowChange => ({
  table: 'public.orders',
  before: null,
  after: { id: String(id), buyer },
});
const sold = (id: number): AppAnswer => ({ status: 200, body: JSON.stringify({ order: id }) });
const soldOut: AppAnswer = { status: 409, body: '{"error":"sold out"}' };
const isAccepted = ({ status }: AppAnswer) => status >= 200 && status < 300;

/** One unit, two buyers; the second of an order is told that it is sold out. Ids differ from run to run. */
function lastUnit(): SerialOrders {
  const orders = new SerialOrders(isAccepted);
  const run = (buyers: number[], id: number): AppOutcome => {
    const [first = 0, second] = buyers;
    const answers: (AppAnswer | undefined)[] = [undefined, undefined];
    answers[first] = sold(id);
    if (second !== undefined) answers[second] = soldOut;
    return { answers, rows: [stock(1, 0), order(id, `buyer ${first}`)] };
  };
  for (const one of serialOrders(2)) orders.add(one, run(one, 1), run(one, 1001));
  return orders;
}

describe('the last unit and two buyers', () => {
  const orders = lastUnit();

  test.for<[string, AppOutcome, object]>([
    [
      'one is served, and the other is refused as after it',
      { answers: [soldOut, sold(7)], rows: [stock(1, 0), order(7, 'buyer 1')] },
      { kind: 'right', order: [1] },
    ],
    [
      'one is served, and the other fails in a way that no order shows',
      { answers: [sold(7), { status: 503, body: 'try again' }], rows: [stock(1, 0), order(7, 'buyer 0')] },
      { kind: 'right', order: [0] },
    ],
    [
      'both fail and leave nothing',
      {
        answers: [
          { status: 500, body: '' },
          { status: 500, body: '' },
        ],
        rows: [],
      },
      { kind: 'right', order: [] },
    ],
    [
      'both are served',
      { answers: [sold(7), sold(8)], rows: [stock(1, 0), order(7, 'buyer 0'), order(8, 'buyer 1')] },
      { kind: 'not-serial' },
    ],
    [
      'a failure leaves the stock changed',
      { answers: [{ status: 500, body: '' }, soldOut], rows: [stock(1, 0)] },
      { kind: 'not-serial' },
    ],
    [
      'one is told that it was served, and its order is gone',
      { answers: [sold(7), sold(8)], rows: [stock(1, 0), order(7, 'buyer 0')] },
      { kind: 'lost', request: 1 },
    ],
    [
      'one left nothing, and its answer of 200 is in no order',
      {
        answers: [sold(7), { status: 200, body: '{"errors":["sold out"]}' }],
        rows: [stock(1, 0), order(7, 'buyer 0')],
      },
      { kind: 'unclear', request: 1 },
    ],
  ])('%s', ([, outcome, comparison]) => {
    expect(orders.compare(outcome)).toEqual(comparison);
  });

  test('ids are masked, and nothing else is', () => {
    expect(orders.masks.list()).toEqual(['T1 $.order', 'T2 $.order', 'public.orders.id']);
    expect(orders.isRepeatable()).toBe(true);
    expect(orders.accepted()).toEqual(new Set([0, 1]));
  });
});

test('an answer of 200 that goes with no effect is a refusal where serial orders show it', () => {
  const orders = new SerialOrders(isAccepted);
  const refused: AppAnswer = { status: 200, body: '{"errors":["sold out"]}' };
  const served: AppAnswer = { status: 200, body: '{"ok":true}' };
  const after = [stock(1, 0)];
  const both = (answers: AppOutcome['answers']): AppOutcome => ({ answers, rows: after });
  const runs: [number[], AppOutcome][] = [
    [[0], both([served, undefined])],
    [[1], both([undefined, served])],
    [[0, 1], both([served, refused])],
    [[1, 0], both([refused, served])],
  ];
  for (const [one, outcome] of runs) orders.add(one, outcome, outcome);
  expect(orders.compare(both([served, refused]))).toEqual({ kind: 'right', order: [0] });
  expect(orders.compare({ answers: [refused, refused], rows: [] })).toEqual({ kind: 'right', order: [] });
  expect(orders.compare(both([served, served]))).toEqual({ kind: 'lost', request: 1 });
});

test('an answer that tells what is left has to be that of the order', () => {
  const orders = new SerialOrders(isAccepted);
  const left = (n: number): AppAnswer => ({ status: 200, body: `{"left":${n}}` });
  const runs: [number[], AppOutcome][] = [
    [[0], { answers: [left(1), undefined], rows: [stock(2, 1)] }],
    [[1], { answers: [undefined, left(1)], rows: [stock(2, 1)] }],
    [[0, 1], { answers: [left(1), left(0)], rows: [stock(2, 0)] }],
    [[1, 0], { answers: [left(0), left(1)], rows: [stock(2, 0)] }],
  ];
  for (const [one, outcome] of runs) orders.add(one, outcome, outcome);
  expect(orders.compare({ answers: [left(0), left(1)], rows: [stock(2, 0)] })).toMatchObject({
    kind: 'right',
  });
  expect(orders.compare({ answers: [left(1), left(1)], rows: [stock(2, 0)] })).toMatchObject({
    kind: 'wrong-answer',
  });
  expect(orders.compare({ answers: [left(1), left(1)], rows: [stock(2, 1)] })).toMatchObject({
    kind: 'lost',
  });
});

test('runs that differ in more than values are not repeatable', () => {
  const orders = new SerialOrders(isAccepted);
  orders.add([0], { answers: [sold(1)], rows: [] }, { answers: [sold(2)], rows: [order(1, 'a')] });
  expect(orders.isRepeatable()).toBe(false);
});

test('text that differs is masked as a whole, arrays by their elements', () => {
  const orders = new SerialOrders(isAccepted);
  const html = (time: string): AppOutcome => ({ answers: [{ status: 200, body: `<p>${time}` }], rows: [] });
  orders.add([0], html('10:00'), html('10:01'));
  expect(orders.compare(html('10:02'))).toMatchObject({ kind: 'right' });
  const lines = (id: number): AppOutcome => ({
    answers: [
      {
        status: 200,
        body: JSON.stringify({
          lines: [
            { id, n: 1 },
            { id: id + 1, n: 1 },
          ],
        }),
      },
    ],
    rows: [],
  });
  const second = new SerialOrders(isAccepted);
  second.add([0], lines(1), lines(5));
  expect(second.masks.list()).toEqual(['T1 $.lines[].id']);
});

test('every order of every subset', () => {
  expect(serialOrders(2)).toEqual([[0], [1], [0, 1], [1, 0]]);
  expect(serialOrders(3)).toHaveLength(3 + 6 + 6);
});
