import { expect, test } from 'vitest';
import { summarise } from '@/jobs/experiment/summarise';
import type { ExperimentHead, TrialRow } from '@/model/experiment';
import type { RaceView } from '@/model/race';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import { OK_LANE, raceReport, VIOLATED_LANE } from '../../tests/fixtures/lanes/race-report';
import { parseCondition } from './condition';
import { TRIALS_FORMATS } from './formats/trials-formats';
import type { Demands } from './race-report';
import { reportTrials } from './trials-report';
import type { TrialsReport } from './trials-report';

const HEAD: ExperimentHead = {
  id: 'm4x8',
  kind: 'trials',
  status: 'finished',
  reason: null,
  origin: 'command-line',
  trials: 3,
  plan: { ...PLAN_DEFAULTS, strategies: ['read-then-write'], seed: 1 },
  createdAt: '2026-11-24T20:00:00.000Z',
  startedAt: '2026-01-02T03:04:05.000Z',
  finishedAt: null,
};

/** A lane that broke in all trials but the first, and held in that. */
function rowOf(trial: number, strategyName: string): TrialRow {
  return {
    experimentId: 'm4x8',
    raceId: `race${trial}`,
    trial,
    status: 'finished',
    concurrency: 100,
    lane: 0,
    strategy: 'read-then-write',
    strategyName,
    expected: 'unsafe',
    role: 'contestant',
    verdict: trial === 1 ? 'ok' : 'violated',
    words: { id: 'exact', tone: 'ok', word: 'EXACT', figure: '', provisional: false, reason: '' },
    oversold: trial === 1 ? 0 : 91,
    lostUpdates: 0,
  };
}

async function* races(): AsyncGenerator<RaceView> {
  for (const trial of [1, 2, 3]) {
    const lane = { ...(trial === 1 ? OK_LANE : VIOLATED_LANE), index: 0 };
    const experiment = { id: 'm4x8', trial, trials: 3 };
    yield raceReport({ lanes: [lane], race: { experiment } }).race;
  }
}

function report(demands: Partial<Demands> = {}, name = 'Read, then write'): Promise<TrialsReport> {
  const experiment = summarise(
    HEAD,
    [1, 2, 3].map((trial) => rowOf(trial, name)),
  );
  const all = { expect: 'safe' as const, invariants: [], thresholds: [], ...demands };
  return reportTrials(experiment, races(), all, 'oversell 0.0.0');
}

const write = (id: (typeof TRIALS_FORMATS)[number]['id'], trials: TrialsReport) =>
  TRIALS_FORMATS.find((format) => format.id === id)?.write(trials) ?? '';

test('one violated trial breaks a strategy, and a condition is to be met in each trial', async () => {
  const { assertions } = await report({
    invariants: [parseCondition('oversold==0')],
    thresholds: [parseCondition('p99<200')],
  });
  expect(assertions).toEqual([
    { kind: 'expectation', lane: 0, text: 'safe', result: 'broken', why: 'the verdict is violated' },
    {
      kind: 'invariant',
      lane: 0,
      text: 'oversold==0',
      result: 'broken',
      why: 'not in 2 of 3 trials, the first is trial 2: oversold is 91',
    },
    { kind: 'threshold', lane: 0, text: 'p99<200', result: 'met', why: 'in 3 trials' },
  ]);
  expect((await report({ expect: 'label' })).assertions).toMatchObject([
    { text: 'label unsafe', result: 'met' },
  ]);
});

test('a strategy held only where no trial is inconclusive, and none without a trial', async () => {
  const rows = (verdicts: TrialRow['verdict'][]) =>
    verdicts.map((verdict, i): TrialRow => ({
      ...rowOf(i + 1, 'Read, then write'),
      verdict,
      expected: 'safe',
    }));
  const expectation = async (expect: Demands['expect'], verdicts: TrialRow['verdict'][]) => {
    const demands = { expect, invariants: [], thresholds: [] };
    const { assertions } = await reportTrials(
      summarise(HEAD, rows(verdicts)),
      races(),
      demands,
      'oversell 0.0.0',
    );
    return assertions[0];
  };
  for (const expect_ of ['safe', 'label'] as const) {
    expect(await expectation(expect_, ['ok', 'inconclusive', 'inconclusive'])).toMatchObject({
      result: 'undecided',
      why: '2 of 3 trials are inconclusive',
    });
    expect(await expectation(expect_, ['ok', 'ok', 'ok'])).toMatchObject({ result: 'met' });
    expect(await expectation(expect_, ['ok', 'violated', 'inconclusive'])).toMatchObject({
      result: 'broken',
    });
  }
  expect(await expectation('race', ['ok', 'inconclusive'])).toMatchObject({ result: 'broken' });
  expect(await expectation('safe', [null])).toMatchObject({
    result: 'undecided',
    why: 'the lane was not judged',
  });
});

test('CSV has the range of each rate, in numbers', async () => {
  const [names = '', row = ''] = write('csv', await report()).split('\r\n');
  const cells = Object.fromEntries(names.split(',').map((name, i) => [name, row.split(',')[i]]));
  expect(cells).toMatchObject({ experiment: 'm4x8', done: '3', ok: '1', violated: '2' });
  // Clopper-Pearson of 2 in 3
  expect(Number(cells.low)).toBeCloseTo(0.0943, 3);
  expect(Number(cells.high)).toBeCloseTo(0.9916, 3);
});

test('Markdown and JUnit XML say what was not met, and escape names', async () => {
  const trials = await report({}, 'Read | <b>');
  const markdown = write('markdown', trials);
  expect(markdown).toMatch(/^### 3 of 3 trials, finished\n/);
  expect(markdown).toContain('| Read \\| &lt;b&gt; | 2 of 3 | 66.7 % | 9.4 % to 99.2 % | 0 |');
  expect(markdown).toContain('expectation safe broken: the verdict is violated');
  const junit = write('junit', trials);
  expect(junit).toContain('<testsuites name="oversell experiment m4x8" tests="1" failures="1"');
  expect(junit).toContain('timestamp="2026-01-02T03:04:05"');
  expect(junit).toContain('classname="Read | &lt;b&gt;" name="expectation safe"');
  expect(JSON.parse(write('json', trials))).toEqual(trials);
});
