import { expect, test } from 'vitest';
import { toOrderColumns } from '@/model/order-columns';
import { historyOf, ordersFor } from '../../tests/fixtures/lanes/history';
import type { AttemptSketch } from '../../tests/fixtures/lanes/history';
import tokens from '../../tests/fixtures/tokens/scenario';
import { judge } from './judge';
import { listEvidence, listLosses } from './evidence-pages';

const { rules } = tokens;

function request(token: number, window: [number, number] = [1, 9]): AttemptSketch {
  return { outcome: 'accepted', token, window };
}

function lane(...attempts: AttemptSketch[]) {
  const orders = toOrderColumns(ordersFor(attempts.map((_, n) => n)));
  return [historyOf(attempts), { initialStock: 0, finalStock: 0, orders }] as const;
}

test('a scenario is judged by its own rules alone', () => {
  expect(judge(rules, ...lane(request(1), request(2)))).toMatchObject({
    verdict: { status: 'ok', reason: '2 requests, each with a token of its own.', findings: [] },
    overlap: { raced: 2 },
    checks: [
      { no: 1, id: 'tokens', title: 'Each token handed out once', status: 'held' },
      { no: 2, id: 'overlap', title: 'Requests raced', status: 'held' },
    ],
    orders: { count: 2 },
  });
});

test('what its checks find, doubt and tell makes verdict, reason and evidence', () => {
  const twice = lane(request(7), request(7), request(8));
  expect(judge(rules, ...twice, { stopped: 'by request.' }).verdict).toMatchObject({
    status: 'violated',
    reason: 'Tokens handed out twice: 1. Stopped early: by request.',
    findings: [{ kind: 'duplicate-unit', pieces: 1 }],
  });
  const page = { offset: 0, limit: 10 };
  expect(listEvidence(rules, ...twice, 'duplicate-unit', page)).toEqual({
    total: 1,
    evidence: [{ attemptId: 'lane-1', otherAttemptId: 'lane-0', note: 'both were given token 7' }],
  });
  expect(listLosses(rules, ...twice, page)).toEqual({ total: 0, evidence: [] });

  const alone = judge(rules, ...lane(request(1, [1, 2]), request(2, [3, 4])));
  expect(alone.verdict).toMatchObject({ status: 'inconclusive', reason: 'No two requests raced.' });
  expect(alone.checks.at(-1)).toMatchObject({ status: 'undecided', why: 'No two requests raced.' });
});
