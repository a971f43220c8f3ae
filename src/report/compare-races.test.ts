import { describe, expect, it } from 'vitest';
import type { LaneSummary, LaneView, RaceSummary } from '@/model/race';
import { PLAN_DEFAULTS, type LoadPlan } from '@/plan/load-plan';
import { laneView } from '../../tests/fixtures/lanes/lane-view';
import { compareRaces, listUnfinished, type MetricRow } from './compare-races';

const STRAIN = { cpu: 0.5, delayP99Ms: 1 };
const UNLIMITED = { limitedBy: null, reason: null, generator: STRAIN, server: STRAIN };
const BY_GENERATOR = { ...UNLIMITED, limitedBy: 'generator' as const, reason: 'It was busy.' };

/** How buyers were served: nothing refused while units were left, unless told otherwise. */
function served(change: Partial<NonNullable<LaneView['liveness']>> = {}): NonNullable<LaneView['liveness']> {
  return {
    ...{ undersold: 0, turnedAway: 0, failedInStock: 0, falseSoldOut: 0, conflicts: 0 },
    ...{ demand: 1_000, retriesPerSale: 0, worstAttempt: null, mostRetries: null },
    ...change,
  };
}

/** A lane that is over and found ok, selling 100 of 1,000 at 500 attempts a second. */
function lane(change: Partial<LaneView> = {}): LaneSummary {
  return laneView({
    status: 'finished',
    strategy: 'conditional-update',
    strategyName: 'Conditional update',
    expected: 'safe',
    verdict: { status: 'ok', reason: '', findings: [] },
    counts: { attempts: 1_000, accepted: 100, soldOut: 900, conflict: 0, error: 0, indeterminate: 0 },
    throughput: { attemptsPerS: 500, acceptedPerS: 50 },
    bottleneck: UNLIMITED,
    liveness: served(),
    ...change,
  });
}

const latency = (p99: number) => ({ ...laneView().latencyMs, p50: 10, p95: 20, p99 });

let count = 0;
function race(
  lanes: LaneSummary[],
  plan: Partial<LoadPlan> = {},
  change: Partial<RaceSummary> = {},
): RaceSummary {
  const id = `race${(count += 1)}`;
  return {
    id,
    status: 'finished',
    origin: 'api',
    reason: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    finishedAt: null,
    plan: { ...PLAN_DEFAULTS, strategies: lanes.map(({ strategy }) => strategy), seed: 1, ...plan },
    poolSize: 20,
    rampMs: 0,
    experiment: null,
    lanes: lanes.map((one, index) => ({ ...one, index })),
    ...change,
  };
}

function rowOf(rows: readonly MetricRow[] | undefined, id: string): MetricRow {
  const row = rows?.find((candidate) => candidate.id === id);
  if (!row) throw new Error(`there is no row ${id}`);
  return row;
}

/** The second of two lanes against the first, in one metric. */
function differ(id: string, a: Partial<LaneView>, b: Partial<LaneView>, plan: Partial<LoadPlan> = {}) {
  const { groups } = compareRaces([race([lane(a)]), race([lane(b)], plan)]);
  return rowOf(groups[0]?.rows, id).cells[1]?.difference;
}

describe('a difference', () => {
  it('is absolute, and relative to the baseline', () => {
    expect(differ('p99', { latencyMs: latency(40) }, { latencyMs: latency(50) })).toEqual({
      absolute: 10,
      relative: 0.25,
      judgement: 'worse',
      doubt: null,
    });
    expect(differ('p99', { latencyMs: latency(40) }, { latencyMs: latency(30) })?.judgement).toBe('better');
  });

  it('has no relation to a baseline of zero', () => {
    expect(differ('oversold', { oversold: 0 }, { oversold: 7 })).toEqual({
      absolute: 7,
      relative: null,
      judgement: 'worse',
      doubt: null,
    });
  });

  it('makes nothing of what is never the same twice', () => {
    const slightly = { throughput: { attemptsPerS: 510, acceptedPerS: 51 } };
    expect(differ('attemptsPerS', {}, slightly)?.judgement).toBe('about-same');
    expect(differ('attemptsPerS', {}, {})?.judgement).toBe('same');
    expect(differ('retries', { retries: 170 }, { retries: 182 })?.judgement).toBe('about-same');
  });

  it('claims of what breaks that it does, and not how often', () => {
    for (const id of ['oversold', 'lostUpdates'] as const) {
      expect(differ(id, { [id]: 0 }, { [id]: 1 })?.judgement).toBe('worse');
      expect(differ(id, { [id]: 1 }, { [id]: 0 })?.judgement).toBe('better');
      for (const [before, now] of [
        [136, 180],
        [180, 136],
      ])
        expect(differ(id, { [id]: before }, { [id]: now })).toMatchObject({
          judgement: null,
          doubt: 'No claim: both broke, and chance decides how often',
        });
    }
  });

  it('calls it worse to refuse buyers while units are left, in whichever way', () => {
    for (const key of ['undersold', 'turnedAway', 'failedInStock'] as const) {
      const refusing = { liveness: served({ [key]: 5 }) };
      expect(differ('refusedInStock', {}, refusing), key).toMatchObject({ absolute: 5, judgement: 'worse' });
      expect(differ('refusedInStock', refusing, {})?.judgement, key).toBe('better');
      expect(differ('refusedInStock', refusing, { liveness: served({ [key]: 50 }) }), key).toMatchObject({
        judgement: null,
        doubt: 'No claim: both refused buyers, and chance decides how often',
      });
      expect(differ('refusedInStock', {}, refusing, { stock: 7 })?.doubt).toBe(
        'No claim: other stock or attempts',
      );
      expect(differ('refusedInStock', {}, { ...refusing, oversoldRange: { low: 0, high: 0 } })?.doubt).toBe(
        'No claim: purchases were still running',
      );
    }
    expect(differ('refusedInStock', {}, { liveness: null })).toBeUndefined();
  });

  it('calls more throughput better, and more accepted neither', () => {
    const faster = { throughput: { attemptsPerS: 600, acceptedPerS: 60 } };
    expect(differ('attemptsPerS', {}, faster)?.judgement).toBe('better');
    expect(differ('acceptedPerS', {}, faster)?.judgement).toBe('better');
    const more = { counts: { ...lane().counts, accepted: 120, soldOut: 880 } };
    expect(differ('accepted', {}, more)).toMatchObject({ absolute: 20, judgement: null, doubt: null });
    expect(differ('accepted', {}, {})?.judgement).toBe('same');
  });

  it('makes no claim about what attempts without an answer leave open', () => {
    const given = (indeterminate: number): Partial<LaneView> => ({
      counts: { ...lane().counts, soldOut: 900 - indeterminate, indeterminate },
      throughput: { attemptsPerS: 900, acceptedPerS: 90 },
      latencyMs: { ...latency(1), p50: 1, p95: 1 },
    });
    const open = (id: string, a: Partial<LaneView>, b: Partial<LaneView>) =>
      differ(id, a, b)?.doubt === 'No claim: attempts without an answer';
    const kept = { p50: 50, p95: 5, p99: 1, attemptsPerS: 100, acceptedPerS: 100, retries: 0 };
    const answered = { latencyMs: latency(40) };
    for (const [id, most] of Object.entries(kept)) {
      expect(open(id, answered, given(most)), id).toBe(false);
      expect(open(id, answered, given(most + 1)), id).toBe(true);
      expect(open(id, given(most + 1), answered), id).toBe(true);
    }
  });

  it('claims what is certain whatever became of attempts without an answer', () => {
    const answered = { latencyMs: latency(40) };
    const timedOut: Partial<LaneView> = {
      counts: { ...lane().counts, soldOut: 700, indeterminate: 200 },
      throughput: { attemptsPerS: 20, acceptedPerS: 10 },
      latencyMs: { ...latency(30_000), p95: 30_000 },
      retries: 7,
    };
    for (const id of ['attemptsPerS', 'p95', 'p99', 'retries']) {
      expect(differ(id, answered, timedOut), id).toMatchObject({ judgement: 'worse', doubt: null });
      expect(differ(id, timedOut, answered), id).toMatchObject({ judgement: 'better', doubt: null });
      expect(differ(id, timedOut, timedOut)?.judgement, id).toBeNull();
    }
    // the measured part is as fast; the unanswered attempts may be slower
    const near = { ...timedOut, latencyMs: latency(41) };
    expect(differ('p99', answered, near)?.judgement).toBeNull();
    expect(differ('p99', near, answered)?.judgement).toBeNull();
  });

  it('claims lost updates that are proven though more may be hidden, and never that they are all', () => {
    const finding = { kind: 'lost-update' as const, count: 5, isAtLeast: true, message: '', evidence: [] };
    const hidden: Partial<LaneView> = {
      verdict: { status: 'violated', reason: '', findings: [{ ...finding, pieces: 0 }] },
      lostUpdates: 5,
    };
    expect(differ('lostUpdates', {}, hidden)).toMatchObject({ judgement: 'worse', doubt: null });
    expect(differ('lostUpdates', { lostUpdates: 8 }, hidden)?.judgement).toBeNull();
    const running = { ...hidden, lostUpdatesRange: { low: 3, high: 7 } };
    expect(differ('lostUpdates', { lostUpdates: 4 }, running)?.judgement).toBeNull();
    expect(differ('lostUpdates', { lostUpdates: 0 }, running)?.judgement).toBe('worse');
  });

  it('makes no claim about counts that are only bounds because purchases still ran', () => {
    const broken: Partial<LaneView> = {
      verdict: { status: 'violated', reason: '', findings: [] },
      lostUpdates: 30,
      lostUpdatesRange: { low: 0, high: 50 },
      oversoldRange: { low: 0, high: 20 },
    };
    for (const id of ['oversold', 'lostUpdates']) {
      expect(differ(id, {}, broken)).toMatchObject({
        judgement: null,
        doubt: 'No claim: purchases were still running',
      });
    }
  });

  it('makes no claim about the pace of lanes that slowed each other down', () => {
    const other = lane({ strategy: 'select-for-update', latencyMs: latency(1) });
    const doubtOf = (races: RaceSummary[]) => {
      const { groups } = compareRaces(races);
      return rowOf(groups[0]?.rows, 'p99').cells[1]?.difference?.doubt;
    };
    const [together, apart] = (['parallel', 'sequential'] as const).map((order) =>
      race([lane(), other], { order }),
    ) as [RaceSummary, RaceSummary];
    expect(doubtOf([together])).toBe('No claim: lanes ran at the same time');
    expect(doubtOf([apart])).toBeNull();
    expect(doubtOf([together, apart])).toBe('No claim: lanes ran at the same time');
    expect(doubtOf([together, together])).toBeNull();
  });

  it('makes no claim about throughput or latency where either generator was the limit, or nobody knows', () => {
    const faster = { throughput: { attemptsPerS: 900, acceptedPerS: 90 }, latencyMs: latency(1) };
    for (const [a, b] of [
      [{ bottleneck: BY_GENERATOR }, faster],
      [{}, { ...faster, bottleneck: BY_GENERATOR }],
      [{}, { ...faster, bottleneck: null }],
    ] as const) {
      for (const id of ['attemptsPerS', 'acceptedPerS', 'p50', 'p95', 'p99']) {
        const difference = differ(id, a, b);
        expect(difference?.judgement, id).toBeNull();
        expect(difference?.doubt, id).toMatch(/^No claim: .*load generator$/);
      }
    }
  });

  it('makes no claim about a rate that the plan sets', () => {
    const open = { model: 'open', rate: 900 } as const;
    const faster = { throughput: { attemptsPerS: 900, acceptedPerS: 90 } };
    expect(differ('attemptsPerS', {}, faster, open)).toMatchObject({
      judgement: null,
      doubt: expect.stringMatching(/open model/) as string,
    });
  });

  it('makes no claim in favour of a lane that sold what it did not have, or had more to sell', () => {
    const faster = { throughput: { attemptsPerS: 500, acceptedPerS: 90 } };
    const broken = { ...faster, verdict: { status: 'violated' as const, reason: '', findings: [] } };
    expect(differ('acceptedPerS', {}, broken)).toMatchObject({
      judgement: null,
      doubt: expect.stringMatching(/broken lane/) as string,
    });
    expect(differ('acceptedPerS', {}, faster, { stock: 500 })).toMatchObject({
      doubt: expect.stringMatching(/other stock/) as string,
    });
    expect(differ('attemptsPerS', {}, broken)?.judgement).toBe('same');
  });

  it('does not take stock that leaked for fewer lost updates than none', () => {
    expect(differ('lostUpdates', { lostUpdates: 0 }, { lostUpdates: -3 })).toMatchObject({
      absolute: 0,
      judgement: 'same',
    });
    expect(differ('lostUpdates', { lostUpdates: -3 }, { lostUpdates: 0 })?.judgement).toBe('same');
  });

  it('makes no claim about what was lost where the audit came to no conclusion', () => {
    const open = { verdict: { status: 'inconclusive' as const, reason: '', findings: [] } };
    expect(differ('oversold', { oversold: 4 }, open)).toMatchObject({
      judgement: null,
      doubt: expect.stringMatching(/inconclusive/) as string,
    });
  });

  it('makes no claim about counts of lanes that were not of one size, and gives their shares', () => {
    const small = { oversold: 500, orders: { count: 600, quantity: 600 } };
    const large = {
      oversold: 900,
      orders: { count: 1_000, quantity: 1_000 },
      counts: { ...lane().counts, attempts: 2_000 },
    };
    const { groups } = compareRaces([race([lane(large)]), race([lane(small)], { attempts: 800 })]);
    const { cells } = rowOf(groups[0]?.rows, 'oversold');
    expect(cells).toEqual([
      { value: 900, share: { part: 0.9, of: 'units sold' }, difference: null },
      {
        value: 500,
        share: { part: 500 / 600, of: 'units sold' },
        difference: {
          absolute: -400,
          relative: null,
          judgement: null,
          doubt: 'No claim: other stock or attempts',
        },
      },
    ]);
    // the plan was the same, and what came of it was not: a time, or a race that was stopped
    const stopped = differ('accepted', {}, { counts: { ...lane().counts, attempts: 400, accepted: 90 } });
    expect(stopped).toMatchObject({ relative: null, doubt: 'No claim: other number of attempts' });
    expect(differ('oversold', small, { ...small, oversold: 0 })?.judgement).toBe('better');
  });

  it('compares retries only of as many attempts', () => {
    expect(differ('retries', { retries: 5 }, { retries: 3 })?.judgement).toBe('better');
    const fewer = { retries: 3, counts: { ...lane().counts, attempts: 10 } };
    expect(differ('retries', { retries: 5 }, fewer)).toMatchObject({
      judgement: null,
      doubt: expect.stringMatching(/attempts/) as string,
    });
  });
});

describe('races beside each other', () => {
  it('are matched by strategy, wherever its lane stands, with a gap where there is none', () => {
    const other = lane({ strategy: 'read-then-write', strategyName: 'Read, then write', oversold: 9 });
    const { groups } = compareRaces([race([lane(), other]), race([other]), race([lane()])]);
    expect(groups.map(({ strategy }) => strategy?.id)).toEqual(['conditional-update', 'read-then-write']);
    expect(groups.map(({ lanes }) => lanes.map((found) => found !== null))).toEqual([
      [true, false, true],
      [true, true, false],
    ]);
    const oversold = rowOf(groups[1]?.rows, 'oversold');
    expect(oversold.cells.map((cell) => cell?.value)).toEqual([9, 9, undefined]);
  });

  it('are compared with whichever is the baseline, and with nothing where that has no such lane', () => {
    const races = [race([lane({ oversold: 1 })]), race([lane({ oversold: 5 })])];
    const second = compareRaces(races, 1);
    expect(second.baseline).toBe(1);
    const cells = rowOf(second.groups[0]?.rows, 'oversold').cells;
    expect(cells[0]?.difference?.absolute).toBe(-4);
    expect(cells[1]?.difference).toBeNull();
    expect(compareRaces(races, 7).baseline).toBe(0);

    const alone = compareRaces([race([lane({ strategy: 'other' })]), ...races]);
    expect(rowOf(alone.groups[1]?.rows, 'oversold').cells.map((cell) => cell?.difference)).toEqual([
      undefined,
      null,
      null,
    ]);
  });

  it('show no numbers of a lane before it is over, and none of one without attempts', () => {
    const running = race([lane({ status: 'running', oversold: 3 })], {}, { status: 'running' });
    const idle = race([lane({ counts: { ...lane().counts, attempts: 0, accepted: 0 } })]);
    const comparison = compareRaces([race([lane()]), running, idle]);
    for (const { id, cells } of comparison.groups[0]?.rows ?? []) {
      expect(cells[0], id).not.toBeNull();
      expect(cells[1], id).toBeNull();
      expect(cells[2] === null, id).toBe(id !== 'oversold' && id !== 'lostUpdates');
    }
    expect(listUnfinished(comparison).map(({ raceId }) => raceId)).toEqual([running.id]);
  });

  it('says a control by its name only where it is one in every race', () => {
    const control = lane({ strategy: 'read-then-write', role: 'control' });
    const asked = lane({ strategy: 'read-then-write' });
    expect(compareRaces([race([control]), race([control])]).groups[0]?.strategy?.control).toBe(true);
    expect(compareRaces([race([control]), race([asked])]).groups[0]?.strategy?.control).toBe(false);
  });

  it('are lanes where there is one race', () => {
    const only = race([lane({ oversold: 2 }), lane({ strategy: 'read-then-write', oversold: 8 })]);
    const { columns, groups, plan } = compareRaces([only], 1);
    expect(columns.map(({ raceId, lane: index }) => [raceId, index])).toEqual([
      [only.id, 0],
      [only.id, 1],
    ]);
    expect(plan).toEqual([]);
    expect(rowOf(groups[0]?.rows, 'oversold').cells[0]?.difference?.absolute).toBe(-6);
  });
});

describe('plans beside each other', () => {
  const rowsOf = (...plans: Partial<LoadPlan>[]) =>
    compareRaces(plans.map((plan) => race([lane()], plan))).plan;
  const find = (rows: ReturnType<typeof rowsOf>, name: string) => rows.find((row) => row.name === name);

  it('differ in what differs from the baseline', () => {
    const rows = rowsOf({}, { stock: 2_000 }, {});
    expect(find(rows, 'stock')).toEqual({
      name: 'stock',
      values: ['100', '2,000', '100'],
      differs: [false, true, false],
    });
    expect(rows.filter(({ differs }) => differs.includes(true)).map(({ name }) => name)).toEqual(['stock']);
  });

  it('leave out what no plan has, and have a gap where one has not', () => {
    const rows = rowsOf({}, { model: 'open', rate: 50 });
    expect(find(rows, 'rate')).toMatchObject({
      values: [null, '50 attempts per second'],
      differs: [false, true],
    });
    expect(find(rows, 'arrivals')?.values).toEqual([null, 'as independent buyers come']);
    expect(find(rows, 'release')).toBeUndefined();
  });

  it('take what is left out for what it means', () => {
    expect(find(rowsOf({}, { pauseMs: 0 }), 'pause')?.differs).toEqual([false, false]);
    const burst = { model: 'burst' } as const;
    expect(find(rowsOf(burst, { ...burst, sync: 'barrier' }), 'release')?.differs).toEqual([false, false]);
  });

  it('have either attempts or a duration', () => {
    const rows = rowsOf({}, { durationS: 5, attempts: 1_000_000 });
    expect(find(rows, 'attempts')?.values).toEqual(['1,000', null]);
    expect(find(rows, 'duration')?.values).toEqual([null, '5 s']);
  });
});
