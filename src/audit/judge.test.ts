import { expect, test } from 'vitest';
import { at } from '@/lib/column';
import { toOrderColumns } from '@/model/order-columns';
import { historyOf, ordersFor } from '../../tests/fixtures/lanes/history';
import type { AttemptSketch } from '../../tests/fixtures/lanes/history';
import { attemptIdOf } from './evidence';
import { PairList } from './evidence-list';
import { HELD, type Invariant } from './invariant';
import { judge, type Rules } from './judge';
import { listEvidence, listLosses } from './list-evidence';

/** Tokens are numbered and each is handed out once: rules of a scenario that knows nothing of stock. */
const handedOutOnce: Invariant = (context) => {
  const { history } = context;
  const holders = new Map<number, number>();
  const pairs = new PairList((first, second) => ({
    attemptId: attemptIdOf(history, second),
    otherAttemptId: attemptIdOf(history, first),
    note: `both were given token ${at(history.token, first)}`,
  }));
  for (let i = 0; i < history.count; i += 1) {
    const token = at(history.token, i);
    if (!context.isAccepted(i) || Number.isNaN(token)) continue;
    const holder = holders.get(token);
    if (holder === undefined) holders.set(token, i);
    else pairs.add(holder, i);
  }
  if (pairs.size === 0) return HELD;
  const message = `${pairs.size} tokens were handed out twice.`;
  return { found: [{ kind: 'duplicate-unit', count: pairs.size, message, witnesses: [pairs] }] };
};

const TOKENS: Rules<{ handedOut: number }> = {
  checks: [
    {
      no: 1,
      id: 'duplicate-units',
      title: 'Each token handed out once',
      invariants: [handedOutOnce],
      kinds: ['duplicate-unit'],
    },
  ],
  precondition: () => HELD,
  overlap: { no: 2, id: 'overlap', title: 'Requests raced' },
  explains: undefined,
  whyUncontested: (_context, { raced }) => (raced > 0 ? undefined : 'No two requests raced.'),
  findDoubts: (_context, { raced }) => (raced > 0 ? [] : ['No two requests raced.']),
  reasonForOk: ({ history }) => `${history.count} requests, each with a token of its own.`,
  reasonForViolated: ([{ message }]) => message,
  measure: ({ matched }) => ({ handedOut: matched.orders.count }),
  ledger: () => new PairList(() => ({ note: '' })),
};

function request(token: number, window: [number, number] = [1, 9]): AttemptSketch {
  return { outcome: 'accepted', token, window };
}

function lane(...attempts: AttemptSketch[]) {
  const orders = toOrderColumns(ordersFor(attempts.map((_, n) => n)));
  return [historyOf(attempts), { initialStock: 0, finalStock: 0, orders }] as const;
}

test('a scenario is judged by its own rules alone', () => {
  expect(judge(TOKENS, ...lane(request(1), request(2)))).toEqual({
    verdict: { status: 'ok', reason: '2 requests, each with a token of its own.', findings: [] },
    overlap: expect.objectContaining({ raced: 2 }) as object,
    checks: [
      { no: 1, id: 'duplicate-units', title: 'Each token handed out once', status: 'held' },
      { no: 2, id: 'overlap', title: 'Requests raced', status: 'held' },
    ],
    handedOut: 2,
  });
});

test('what its checks find, doubt and tell makes verdict, reason and evidence', () => {
  const twice = lane(request(7), request(7), request(8));
  expect(judge(TOKENS, ...twice, { stopped: 'by request.' }).verdict).toMatchObject({
    status: 'violated',
    reason: '1 tokens were handed out twice. Stopped early: by request.',
    findings: [{ kind: 'duplicate-unit', pieces: 1 }],
  });
  const page = { offset: 0, limit: 10 };
  expect(listEvidence(TOKENS, ...twice, 'duplicate-unit', page)).toEqual({
    total: 1,
    evidence: [{ attemptId: 'lane-1', otherAttemptId: 'lane-0', note: 'both were given token 7' }],
  });
  expect(listLosses(TOKENS, ...twice, page)).toEqual({ total: 0, evidence: [] });

  const alone = judge(TOKENS, ...lane(request(1, [1, 2]), request(2, [3, 4])));
  expect(alone.verdict).toMatchObject({ status: 'inconclusive', reason: 'No two requests raced.' });
  expect(alone.checks.at(-1)).toMatchObject({ status: 'undecided', why: 'No two requests raced.' });
});
