import { expect, test } from 'vitest';
import { auditLane, goodLane, kindsOf, repeat, contextOf } from '../../../../tests/fixtures/lanes/history';
import { historySoundness } from './history-soundness';

test('a sound history raises no doubt, even with attempts that took no time', () => {
  const lane = goodLane(5, ['accepted', 'sold-out']);
  Object.assign(lane.attempts[0]!, { at: [3, 3], window: [3, 3] });
  expect(historySoundness(contextOf(lane))).toEqual({ found: [] });
});

test('an attempt recorded twice is a doubt, and its second record is not held against the strategy', () => {
  const lane = goodLane(5, repeat('accepted', 3));
  lane.attempts.push({ ...lane.attempts[0]!, n: 0 });
  const result = auditLane(lane);
  expect(kindsOf(result)).toEqual([]);
  expect(result.verdict.status).toBe('inconclusive');
  expect(result.verdict.reason).toBe('The history cannot be trusted: 1 attempt recorded more than once.');
});

test('a second record of an attempt counts nowhere', () => {
  const lane = goodLane(2, ['sold-out', 'accepted']);
  const recorded = auditLane(lane);
  lane.attempts.push({ ...lane.attempts[0]!, n: 0 }, { ...lane.attempts[1]!, n: 1, outcome: 'error' });
  const { verdict, ...numbers } = auditLane(lane);
  expect(verdict.status).toBe('inconclusive');
  expect(numbers).toEqual({ ...recorded, verdict: undefined });
});

test('a column that ends early is a doubt, and never taken for accepted attempts', () => {
  const context = contextOf(goodLane(5, repeat('sold-out', 4)));
  context.history.outcome = context.history.outcome.subarray(0, 3);
  expect(historySoundness(context).doubt).toContain('1 attempt with an outcome that does not exist');
});

test('an outcome that does not exist and times that cannot be are doubts', () => {
  const lane = goodLane(5, repeat('sold-out', 4));
  lane.attempts[1]!.at = [5, 4];
  lane.attempts[2]!.at = [5, NaN];
  const context = contextOf(lane);
  context.history.outcome[3] = 5;
  expect(historySoundness(context).doubt).toBe(
    'The history cannot be trusted: 1 attempt with an outcome that does not exist, 2 attempts without a return after the call.',
  );
});

test.each([
  ['window', [99_000, 99_999]],
  ['window', [-1, 5]],
  ['hold', [5, 10.5]],
] as const)('a %s outside of its attempt is a doubt: %j', (what, span) => {
  const lane = goodLane(5, repeat('accepted', 3));
  lane.attempts[1]![what] = [...span];
  const { verdict } = auditLane(lane);
  expect(verdict).toMatchObject({
    status: 'inconclusive',
    reason: expect.stringContaining(
      '1 attempt that read, wrote or held a lock before the call or after the return',
    ) as string,
  });
});

test.each([
  ['numbers', ['3', '7', '3', '3'], 2],
  ['texts', ['b', 'a', 'b', 'c'], 1],
  ['texts beside numbers', ['07', '7', '8', '9'], 0],
])('two orders of one id are a doubt, where ids are %s', (_, ids, repeated) => {
  const lane = goodLane(5, repeat('accepted', 4));
  for (const [o, orderId] of ids.entries()) lane.final.orders[o]!.orderId = orderId;
  const doubt = `The history cannot be trusted: ${repeated} order${repeated === 1 ? '' : 's'} with the id of another order.`;
  expect(historySoundness(contextOf(lane)).doubt).toBe(repeated === 0 ? undefined : doubt);
});
