import { describe, expect, it } from 'vitest';
import type { ExperimentHead, ExperimentKind, TrialRow } from '@/model/experiment';
import type { RaceStatus } from '@/model/race';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import type { LaneWords } from '@/model/verdict';
import { summarise, summariseBriefly } from './summarise';

function headOf(kind: ExperimentKind, trials: number, status: RaceStatus = 'finished'): ExperimentHead {
  return {
    id: 'x',
    kind,
    status,
    reason: null,
    origin: 'api',
    trials,
    plan: { ...PLAN_DEFAULTS, strategies: ['read-then-write'], seed: 1 },
    createdAt: '2026-11-24T20:00:00.000Z',
    startedAt: null,
    finishedAt: null,
  };
}

function rowOf(trial: number, row: Partial<TrialRow> = {}): TrialRow {
  return {
    experimentId: 'x',
    raceId: `race${trial}`,
    trial,
    status: row.verdict === null ? 'running' : 'finished',
    concurrency: 100,
    lane: 0,
    strategy: 'read-then-write',
    strategyName: 'Read, then write',
    expected: 'unsafe',
    role: 'contestant',
    verdict: 'ok',
    words: saying('EXACT', ''),
    oversold: 0,
    lostUpdates: 0,
    ...row,
  };
}

function saying(word: string, reason: string): LaneWords {
  return { id: 'exact', tone: 'ok', word, figure: '', provisional: false, reason };
}

const inconclusive = (reason: string): Partial<TrialRow> => ({
  verdict: 'inconclusive',
  words: saying('INCONCLUSIVE', reason),
});

const broken = (oversold: number, lostUpdates = oversold): Partial<TrialRow> => ({
  verdict: 'violated',
  oversold,
  lostUpdates,
});

describe('trials', () => {
  const rows = [
    rowOf(1),
    rowOf(2, inconclusive('Nothing raced.')),
    rowOf(3, broken(4)),
    rowOf(4, broken(9)),
    rowOf(5, inconclusive('Nothing raced.')),
    rowOf(6, inconclusive('Stopped.')),
    rowOf(7, { verdict: null, oversold: 99 }),
  ];
  const view = summarise(headOf('trials', 20, 'running'), rows);
  const [lane] = view.strategies;

  it('are counted by verdict, and none is left out of the rate', () => {
    expect(view).toMatchObject({ done: 6, planned: 20, current: { id: 'race7', trial: 7 }, bisection: null });
    expect(lane).toMatchObject({ done: 6, ok: 1, violated: 2, inconclusive: 3 });
    expect(lane?.rate).toMatchObject({ violated: 2, judged: 3, done: 6, rate: 2 / 6, bound: null });
    expect(lane?.inconclusiveReasons).toEqual([
      { reason: 'Nothing raced.', count: 2 },
      { reason: 'Stopped.', count: 1 },
    ]);
    expect(lane?.statement).toBe(
      '2 of 6 races broke (3 inconclusive). With 95 % confidence 4.3 % to 99.2 % of such races do.',
    );
  });

  it('name the first that was violated and the worst, and spread over judged ones alone', () => {
    expect(lane?.firstViolation?.trial).toBe(3);
    expect(lane?.worst?.trial).toBe(4);
    expect(lane?.oversold).toEqual({ min: 0, median: 4, max: 9 });
    expect(lane?.trials.map(({ verdict }) => verdict)).toEqual([
      'ok',
      'inconclusive',
      'violated',
      'violated',
      'inconclusive',
      'inconclusive',
      null,
    ]);
  });

  it('find the worst by lost updates where none was oversold, and none where none was violated', () => {
    const lost = summarise(headOf('trials', 3), [rowOf(1), rowOf(2, broken(0, 3)), rowOf(3, broken(0, 5))]);
    expect(lost.strategies[0]?.worst?.trial).toBe(3);
    const held = summarise(headOf('trials', 2), [rowOf(1), rowOf(2)]).strategies[0];
    expect(held).toMatchObject({ worst: null, firstViolation: null });
    expect(held?.statement).toBe(
      'None of 2 races broke. With 95 % confidence at most 84.2 % of such races do.',
    );
  });

  it('that were inconclusive are no reason to claim that all such races break', () => {
    const rows = Array.from({ length: 100 }, (_, i) =>
      rowOf(i + 1, i < 3 ? broken(1) : inconclusive('Nothing raced.')),
    );
    expect(summarise(headOf('trials', 100), rows).strategies[0]?.statement).toBe(
      '3 of 100 races broke (97 inconclusive). With 95 % confidence at least 0.6 % of such races do.',
    );
    const held = [rowOf(1), rowOf(2), rowOf(3, inconclusive('Nothing raced.'))];
    expect(summarise(headOf('trials', 3), held).strategies[0]?.statement).toBe(
      'None of 3 races broke (1 inconclusive). With 95 % confidence at most 84.2 % of such races do.',
    );
  });

  it('take stock that leaked for no lost update', () => {
    const leaked = summarise(headOf('trials', 2), [rowOf(1, broken(0, -4)), rowOf(2, broken(0, 2))]);
    expect(leaked.strategies[0]?.lostUpdates).toEqual({ min: 0, median: 2, max: 2 });
  });

  it('keep lanes apart, also controls', () => {
    const two = summarise(headOf('trials', 2), [
      rowOf(1, { lane: 1, role: 'control', ...broken(1) }),
      rowOf(1, { strategy: 'conditional-update' }),
      rowOf(2, { lane: 1, role: 'control', ...broken(1) }),
      rowOf(2, { strategy: 'conditional-update' }),
    ]);
    expect(two.strategies.map(({ lane: n, role, violated }) => [n, role, violated])).toEqual([
      [0, 'contestant', 0],
      [1, 'control', 2],
    ]);
    expect(two.done).toBe(2);
    expect(two.strategies[1]?.statement).toBe(
      'All 2 races broke. With 95 % confidence at least 15.8 % of such races do.',
    );
  });

  it('say nothing before one came to a verdict', () => {
    const none = summarise(headOf('trials', 2, 'running'), [rowOf(1, { verdict: null })]).strategies[0];
    expect(none).toMatchObject({ oversold: null, lostUpdates: null, rate: { rate: null, bound: null } });
    expect(none?.statement).toBe('No trial has come to a verdict.');
  });
});

describe('a bisection', () => {
  const level = (concurrency: number, from: number, verdicts: TrialRow['verdict'][]) =>
    verdicts.map((verdict, i) => rowOf(from + i, { concurrency, verdict }));

  it('names the smallest level that broke, and what holding below it bounds', () => {
    const { bisection } = summarise(headOf('bisection', 3), [
      ...level(100, 1, ['violated']),
      ...level(3, 2, ['ok', 'violated']),
      ...level(2, 4, ['ok', 'ok', 'inconclusive']),
    ]);
    expect(bisection?.levels.map(({ concurrency, outcome }) => [concurrency, outcome])).toEqual([
      [2, 'holds'],
      [3, 'breaks'],
      [100, 'breaks'],
    ]);
    expect(bisection).toMatchObject({ smallest: 3, contradicts: false });
    expect(bisection?.statement).toBe(
      'Smallest concurrency seen to break: 3 (broke in 1 of 2). At 2 none of 2 judged trials broke (1 more was inconclusive), so there at most 84.2 % of races break, with 95 % confidence.',
    );
  });

  it('says that the upper end was not seen to break', () => {
    const { bisection } = summarise(headOf('bisection', 2), level(100, 1, ['ok', 'ok']));
    expect(bisection?.smallest).toBeNull();
    expect(bisection?.statement).toMatch(/^It was not seen to break: at 100 none of 2 judged trials/);
    const undecided = summarise(
      headOf('bisection', 2),
      level(100, 1, ['inconclusive', 'inconclusive']),
    ).bisection;
    expect(undecided?.levels[0]?.outcome).toBe('undecided');
    expect(undecided?.statement).toContain('none of 2 trials came to a verdict, so nothing is known of it');
  });

  it('reports a level that held above one that broke', () => {
    const { bisection } = summarise(headOf('bisection', 2), [
      ...level(100, 1, ['violated']),
      ...level(50, 2, ['ok', 'ok']),
      ...level(2, 4, ['violated']),
    ]);
    expect(bisection).toMatchObject({ smallest: 2, contradicts: true });
    expect(bisection?.statement).toBe(
      'Smallest concurrency seen to break: 2 (broke in 1 of 1). Fewer than two buyers cannot race. More buyers did not always break more: at 50 none of 2 judged trials broke.',
    );
  });

  it('marks what it knows as provisional while it runs, and as unfinished when it was stopped', () => {
    const rows = [...level(100, 1, ['violated']), ...level(50, 2, ['ok', null])];
    const running = summarise(headOf('bisection', 2, 'running'), rows);
    expect(running.bisection?.levels[0]?.outcome).toBe('open');
    expect(running.bisection?.statement).toMatch(/^So far: smallest concurrency seen to break: 100/);
    const stopped = summarise(headOf('bisection', 2, 'aborted'), rows);
    expect(stopped.bisection?.statement).toMatch(/^Not finished\. Smallest/);
  });

  it('looks at the lane that was asked for, and not at its control', () => {
    const { bisection } = summarise(headOf('bisection', 1), [
      rowOf(1),
      rowOf(1, { lane: 1, role: 'control', ...broken(3) }),
    ]);
    expect(bisection?.levels[0]).toMatchObject({ done: 1, violated: 0, outcome: 'holds' });
  });
});

it('is listed with its rates and without its trials', () => {
  const brief = summariseBriefly(headOf('trials', 2), [rowOf(1, broken(2)), rowOf(2)]);
  expect(brief.strategies).toMatchObject([{ strategy: 'read-then-write', rate: { violated: 1 } }]);
  expect(brief).not.toHaveProperty('bisection');
  expect(summariseBriefly(headOf('bisection', 1), [rowOf(1, broken(2))]).smallest).toBe(100);
});
