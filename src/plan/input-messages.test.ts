import { expect, test } from 'vitest';
import type { z } from 'zod';
import { attemptLine } from '@/history-file/attempt-line';
import { endLine, finalLine, headerLine, orderLine } from '@/history-file/format';
import { experimentRequest } from '@/jobs/experiment/experiment-request';
import { explorationRequest } from '@/jobs/exploration/exploration-request';
import { fromText } from './numbers';
import {
  apiTestQuery,
  evidenceQuery,
  inventoryQuery,
  pageQuery,
  purchaseBody,
  toIssues,
} from './input-schemas';
import { raceRequest } from './schema';

const race = { strategies: ['read-then-write'] };

function said(schema: z.ZodType, input: unknown): string[] {
  const parsed = schema.safeParse(input);
  return parsed.success ? [] : toIssues(parsed.error).map(({ path, message }) => `${path} ${message}`.trim());
}

const REFUSED: [z.ZodType, unknown, string][] = [
  [raceRequest, { ...race, stock: null }, 'stock must be a whole number from 0 to 1,000,000, not nothing'],
  [
    raceRequest,
    { ...race, stock: fromText('1' + '0'.repeat(26)) },
    'stock must be a whole number from 0 to 1,000,000, not a number that large',
  ],
  [
    raceRequest,
    { ...race, stock: fromText('9'.repeat(400)) },
    'stock must be a whole number from 0 to 1,000,000, not a number that large',
  ],
  [
    raceRequest,
    { ...race, durationS: 3, rampS: 4 },
    'rampS must not be longer than the duration, which is 3 s',
  ],
  [raceRequest, { ...race, model: 'opne' }, 'model must be one of closed, burst, open, not "opne"'],
  [raceRequest, { ...race, control: 'yes' }, 'control must be true or false, not "yes"'],
  [raceRequest, { ...race, stocks: 1 }, 'must not have "stocks"'],
  [raceRequest, {}, 'strategies is missing'],
  [raceRequest, { strategies: 'all' }, 'strategies must be a list, not "all"'],
  [raceRequest, [], 'must be an object, not a list'],
  [purchaseBody, { sku: 'x'.repeat(65) }, 'sku must have at most 64 characters'],
  [purchaseBody, { attemptId: 7 }, 'attemptId must be text, not 7'],
  [explorationRequest, { strategy: 'x', attempts: 4 }, 'attempts must be a whole number from 2 to 3, not 4'],
  [
    explorationRequest,
    { strategy: 'x', sample: 50, maxSchedules: 20 },
    'sample must not be more than the schedules at most',
  ],
  [explorationRequest, { strategy: 'x', quantities: [1] }, 'quantities must have at least 2 entries'],
  [pageQuery, { limit: 'ten' }, 'limit must be a whole number from 1 to 100, not "ten"'],
  [experimentRequest, { kind: 'trial' }, 'kind must be trials or bisection'],
  [
    headerLine.shape.initialStock,
    2 ** 54,
    'must be a whole number from 0 to 1,000,000,000,000,000, not a number that large',
  ],
  [
    orderLine,
    { order: '1', attempt: 'a', quantity: 1.5 },
    'quantity must be a whole number from 1 to 1,000,000, not 1.5',
  ],
  [endLine, { end: { attempts: 0 } }, 'end.orders is missing'],
];

test.for(REFUSED.map(([schema, input, message]) => ({ schema, input, message })))(
  'input is refused in words: $message',
  ({ schema, input, message }) => {
    expect(said(schema, input)).toContain(message);
  },
);

/** What a program would say: names of types, of fields beside the path, of bounds that no document has. */
const INTERNAL = /expected|received|invalid|undefined|\bnull\b|\bint\b|\d+e\+|900719925/i;
const CAMEL = /\b[a-z]+[A-Z]\w*/;

test('no message names what only the program knows', () => {
  const wrong = [undefined, null, '', 'x', -1, 1.5, 1e26, Infinity, true, [], {}, [null], { a: 1 }];
  const schemas = [raceRequest, experimentRequest, explorationRequest, pageQuery, purchaseBody];
  const queries = [inventoryQuery, apiTestQuery, evidenceQuery];
  const lines = [headerLine, orderLine, finalLine, endLine, attemptLine];
  let messages = 0;
  for (const schema of [...schemas, ...queries, ...lines] as z.ZodType[]) {
    const fields = 'shape' in schema ? Object.keys(schema.shape as object) : ['kind', 'trials', 'race'];
    for (const value of wrong) {
      for (const input of [value, ...fields.map((field) => ({ [field]: value }))]) {
        const parsed = schema.safeParse(input);
        for (const { message } of parsed.error?.issues ?? []) {
          messages += 1;
          const words = message.replaceAll(/"[^"]*"/g, '');
          expect(words).not.toMatch(INTERNAL);
          expect(words).not.toMatch(CAMEL);
        }
      }
    }
  }
  expect(messages).toBeGreaterThan(1_000);
});

test('says each thing once, and one of one', () => {
  expect(said(raceRequest, { ...race, stock: 1e26 })).toEqual([
    'stock must be a whole number from 0 to 1,000,000, not a number that large',
  ]);
  expect(said(purchaseBody, { attemptId: '' })).toContain('attemptId must have at least 1 character');
});
