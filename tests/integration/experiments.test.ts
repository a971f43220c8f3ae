import { describe, expect } from 'vitest';
import { deriveSeed } from '@/jobs/experiment/derive-seed';
import type { ExperimentPage, ExperimentView } from '@/model/experiment';
import type { RaceView } from '@/model/race';
import { describeLane } from '@/report/verdict-words';
import { callApi, serverEnv, serverTest as test } from '../fixtures/server/server-test';
import type { Api } from '../fixtures/server/server-test';
import { startTestServer } from '../fixtures/server/server';

interface Refused {
  error: { code: string; message: string; issues?: { path: string; message: string }[] };
}

/** All at once: buyers who come one after the other prove nothing. */
const SMALL = { stock: 10, attempts: 60, concurrency: 20, thinkMs: 5, rampS: 0, seed: 7 };
/** Each race warms up first; on a machine that does something else too that takes seconds. */
const RACES_TAKE_MS = 180_000;
const LONG = {
  strategies: ['read-then-write'],
  stock: 10_000,
  attempts: 20_000,
  concurrency: 20,
  thinkMs: 50,
};

async function start(api: Api, request: object): Promise<string> {
  const response = await api.post('/api/experiments', request);
  const created = (await response.json()) as { id: string; url: string };
  expect(response.status, JSON.stringify(created)).toBe(202);
  expect(created.url).toBe(`/experiments/${created.id}`);
  expect(response.headers.get('location')).toBe(created.url);
  return created.id;
}

async function get(api: Api, id: string): Promise<ExperimentView> {
  return (await (await api.get(`/api/experiments/${id}`)).json()) as ExperimentView;
}

async function when(
  api: Api,
  id: string,
  isSo: (experiment: ExperimentView) => boolean,
): Promise<ExperimentView> {
  for (;;) {
    const experiment = await get(api, id);
    if (isSo(experiment)) return experiment;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const whenOver = (api: Api, id: string) => when(api, id, ({ finishedAt }) => finishedAt !== null);
const whenUnderWay = (api: Api, id: string) => when(api, id, ({ startedAt }) => startedAt !== null);

async function readRace(api: Api, id: string): Promise<RaceView> {
  return (await (await api.get(`/api/races/${id}`)).json()) as RaceView;
}

describe('trials', { timeout: RACES_TAKE_MS }, () => {
  test('tell how often each strategy breaks, and how sure that is', async ({ api }) => {
    const strategies = ['read-then-write', 'conditional-update'];
    const id = await start(api, { kind: 'trials', trials: 3, race: { strategies, ...SMALL, control: true } });

    const experiment = await whenOver(api, id);

    const url = `/experiments/${id}`;
    expect(experiment).toMatchObject({
      url,
      kind: 'trials',
      status: 'finished',
      done: 3,
      planned: 3,
      reason: null,
    });
    const [bad, good] = experiment.strategies;
    expect(bad).toMatchObject({ strategy: 'read-then-write', done: 3, violated: 3, ok: 0, inconclusive: 0 });
    expect(bad?.rate.bound).toMatchObject({ side: 'low' });
    expect(good).toMatchObject({ strategy: 'conditional-update', violated: 0, ok: 3, worst: null });
    expect(good?.rate.bound?.rate).toBeCloseTo(1 - 0.05 ** (1 / 3), 10);
    expect(good?.oversold).toEqual({ min: 0, median: 0, max: 0 });
    // each trial is a race of its own, which says the same
    const races = await Promise.all((bad?.trials ?? []).map(({ raceId }) => readRace(api, raceId)));
    const first = races[0]?.id ?? '';
    expect(bad?.firstViolation).toMatchObject({ trial: 1, raceId: first, url: `/races/${first}` });
    expect(races.map(({ lanes }) => lanes[0]?.oversold)).toEqual(bad?.trials.map(({ oversold }) => oversold));
    for (const strategy of experiment.strategies)
      expect(strategy.trials.map(({ words }) => words)).toEqual(
        races.flatMap(({ lanes }) => lanes[strategy.lane] ?? []).map((lane) => describeLane(lane)),
      );
    expect(bad?.oversold?.max).toBe(Math.max(...races.map(({ lanes }) => lanes[0]?.oversold ?? 0)));
    expect(races.map(({ plan }) => plan.seed)).toEqual([1, 2, 3].map((trial) => deriveSeed(7, trial)));
    expect(races.map((race) => race.experiment)).toEqual(
      [1, 2, 3].map((trial) => ({ id, url, trial, trials: 3 })),
    );
    expect(
      races.every(({ finishedAt }, i) => i === 0 || (finishedAt ?? '') > (races[i - 1]?.finishedAt ?? '')),
    ).toBe(true);
  });

  test('let other races take their turn between them', { tags: 'long' }, async ({ api }) => {
    const race = { strategies: ['conditional-update'], ...SMALL };
    const id = await start(api, { kind: 'trials', trials: 3, race });
    await whenUnderWay(api, id);

    const other = await api.race(race);

    expect(other.experiment).toBeNull();
    const { status, finishedAt } = await whenOver(api, id);
    expect(status).toBe('finished');
    expect(Date.parse(other.finishedAt ?? '')).toBeLessThan(Date.parse(finishedAt ?? ''));
  });

  test('that cannot race are inconclusive, and say nothing about the rate', async ({ api }) => {
    const race = { strategies: ['read-then-write'], stock: 5, attempts: 5, concurrency: 1, thinkMs: 0 };
    const { strategies } = await whenOver(api, await start(api, { kind: 'trials', trials: 2, race }));
    expect(strategies[0]).toMatchObject({ inconclusive: 2, rate: { judged: 0, rate: null, bound: null } });
    expect(strategies[0]?.inconclusiveReasons[0]?.count).toBe(2);
  });
});

describe('a bisection', { timeout: RACES_TAKE_MS }, () => {
  test('finds the smallest concurrency that breaks read-then-write', async ({ api }) => {
    const race = { strategies: ['read-then-write'], ...SMALL, concurrency: 8 };
    const id = await start(api, { kind: 'bisection', trials: 3, race });

    const experiment = await whenOver(api, id);

    expect(experiment).toMatchObject({ kind: 'bisection', status: 'finished', strategies: [] });
    const levels = experiment.bisection?.levels ?? [];
    expect(levels.at(-1)).toMatchObject({ concurrency: 8, outcome: 'breaks' });
    // two buyers who think 5 ms between reading and writing meet at once
    expect(experiment.bisection?.smallest).toBe(2);
    expect(experiment.bisection?.statement).toMatch(
      /^Smallest concurrency seen to break: 2 \(broke in 1 of \d\)/,
    );
    for (const level of levels) {
      if (level.outcome === 'breaks') expect(level.trials.at(-1)?.verdict).toBe('violated');
      for (const { raceId } of level.trials)
        expect((await readRace(api, raceId)).plan.concurrency).toBe(level.concurrency);
    }
    const trials = levels.flatMap((level) => level.trials.map(({ trial }) => trial)).sort((a, b) => a - b);
    expect(trials).toEqual(Array.from({ length: experiment.done }, (_, i) => i + 1));
  });

  test('says that a strategy did not break at the upper end, and what that bounds', async ({ api }) => {
    const race = { strategies: ['conditional-update'], ...SMALL };
    const { bisection } = await whenOver(api, await start(api, { kind: 'bisection', trials: 2, race }));
    expect(bisection?.levels).toHaveLength(1);
    expect(bisection).toMatchObject({
      smallest: null,
      levels: [{ concurrency: 20, outcome: 'holds', ok: 2 }],
    });
    expect(bisection?.statement).toMatch(/^It was not seen to break: at 20 none of 2 judged trials broke/);
  });
});

describe('requests', () => {
  const race = { strategies: ['read-then-write'], ...SMALL };
  test.for([
    [{}, 'kind'],
    [{ kind: 'luck', trials: 2, race }, 'kind'],
    [{ kind: 'trials', race }, 'trials'],
    [{ kind: 'trials', trials: 1, race }, 'trials'],
    [{ kind: 'trials', trials: 201, race }, 'trials'],
    [{ kind: 'trials', trials: '5', race }, 'trials'],
    [{ kind: 'trials', trials: 5 }, 'race'],
    [{ kind: 'trials', trials: 5, race, more: 1 }, ''],
    [{ kind: 'trials', trials: 5, race: { ...race, stock: -1 } }, 'race.stock'],
    [{ kind: 'trials', trials: 200, race: { ...race, attempts: 1_000_000 } }, 'trials'],
    [{ kind: 'bisection', trials: 2, race: { ...race, strategies: ['a', 'b'] } }, 'strategies'],
    [
      { kind: 'bisection', race: { ...race, strategies: ['read-then-write', 'append-ledger'] } },
      'race.strategies',
    ],
    [{ kind: 'bisection', trials: 2, race: { ...race, concurrency: 1 } }, 'race.concurrency'],
    [{ kind: 'bisection', trials: 2, race: { ...race, attempts: 19 } }, 'race.attempts'],
    [{ kind: 'trials', trials: 2, race: { ...race, strategies: ['pray'] } }, 'strategies'],
  ] as const)('refuses %j and names the field', async ([request, field], { api, database }) => {
    const before = await database.query('select id from experiments');
    const response = await api.post('/api/experiments', request);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as Refused;
    expect(error.issues?.map(({ path }) => path)).toContain(field);
    expect(await database.query('select id from experiments')).toEqual(before);
  });

  test('too many attempts are refused with their number', async ({ api }) => {
    const request = { kind: 'trials', trials: 200, race: { ...race, attempts: 30_000 } };
    const { error } = (await (await api.post('/api/experiments', request)).json()) as Refused;
    expect(error.issues?.[0]?.message).toBe(
      'would come to 6,000,000 attempts in all lanes of all trials; at most 5,000,000 are allowed',
    );
  });

  test.for([
    ['GET', '/api/experiments/nope'],
    ['DELETE', '/api/experiments/nope'],
    ['POST', '/api/experiments/nope/stop'],
  ] as const)('%s %s is a 404', async ([method, path], { api }) => {
    const response = await api.get(path, { method });
    expect(response.status).toBe(404);
    expect(((await response.json()) as Refused).error.code).toBe('unknown-experiment');
  });

  test.for(['limit=0', 'limit=101', 'cursor=rubbish'])(
    'a list with %s is refused',
    async (query, { api }) => {
      expect((await api.get(`/api/experiments?${query}`)).status).toBe(400);
    },
  );
});

describe('stopping', { timeout: RACES_TAKE_MS }, () => {
  test('ends the trial that runs and starts no more; asking again ends what is in flight', async ({
    api,
    database,
  }) => {
    const id = await start(api, { kind: 'trials', trials: 50, race: LONG });
    const { current } = await whenUnderWay(api, id);
    await api.whenRecorded(current?.id ?? '');
    expect((await api.get(`/api/experiments/${id}`, { method: 'DELETE' })).status).toBe(409);
    // as other servers know it
    const stored = () => database.query('select status, started_at from experiments where id = $1', [id]);
    await expect.poll(stored).toEqual([{ status: 'running', started_at: expect.any(Date) as Date }]);

    const stops = await Promise.all([1, 2, 3].map(() => api.post(`/api/experiments/${id}/stop`)));

    expect(stops.map(({ status }) => status)).toEqual([202, 202, 202]);
    const experiment = await whenOver(api, id);
    expect(experiment).toMatchObject({
      status: 'aborted',
      reason: 'Stopped by request after 1 trial.',
      done: 1,
      current: null,
    });
    const race = await readRace(api, current?.id ?? '');
    expect(race.status).toBe('aborted');
    expect(race.lanes[0]?.counts.indeterminate).toBeGreaterThan(0);
    expect((await api.post(`/api/experiments/${id}/stop`)).status).toBe(202);
  });

  test('one whose first trial still waits has made none', async ({ api }) => {
    const running = await api.startRace(LONG);
    const id = await start(api, { kind: 'trials', trials: 5, race: LONG });
    await api.post(`/api/experiments/${id}/stop`);
    expect(await whenOver(api, id)).toMatchObject({
      status: 'aborted',
      ...{ reason: 'Stopped by request after 0 trials.', done: 0 },
    });
    await api.post(`/api/races/${running}/stop`);
    await api.whenOver(running);
  });
});

describe('stored experiments', { timeout: RACES_TAKE_MS }, () => {
  test('are listed newest first, page by page, and forgotten with their races', async ({ api, database }) => {
    const race = { strategies: ['read-then-write'], ...SMALL };
    const ids: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      const id = await start(api, { kind: 'trials', trials: 2, race });
      ids.unshift(id);
      await whenOver(api, id);
    }
    const first = (await (await api.get('/api/experiments?limit=1')).json()) as ExperimentPage;
    expect(first.experiments.map(({ id }) => id)).toEqual(ids.slice(0, 1));
    expect(first.experiments[0]?.strategies).toMatchObject([{ rate: { violated: 2, judged: 2 } }]);
    const cursor = encodeURIComponent(first.nextCursor ?? '');
    const second = (await (
      await api.get(`/api/experiments?limit=1&cursor=${cursor}`)
    ).json()) as ExperimentPage;
    expect(second.experiments.map(({ id }) => id)).toEqual(ids.slice(1));

    const [id = ''] = ids;
    const { strategies } = await get(api, id);
    const raceId = strategies[0]?.trials[0]?.raceId ?? '';
    const single = await api.get(`/api/races/${raceId}`, { method: 'DELETE' });
    expect(single.status).toBe(409);
    expect(((await single.json()) as Refused).error.code).toBe('part-of-experiment');

    expect((await api.get(`/api/experiments/${id}`, { method: 'DELETE' })).status).toBe(204);

    expect((await api.get(`/api/experiments/${id}`)).status).toBe(404);
    expect((await api.get(`/api/races/${raceId}`)).status).toBe(404);
    for (const table of ['items', 'orders'])
      expect(await database.query(`select from ${table} where sku like $1`, [`race.${raceId}.%`])).toEqual(
        [],
      );
    expect(await database.query('select from event_batches where race_id = $1', [raceId])).toEqual([]);
    expect((await api.get(`/api/experiments/${ids[1]}`)).status).toBe(200);
  });
});

describe('when the server ends', { timeout: RACES_TAKE_MS }, () => {
  test('by a signal, an experiment is aborted and stored', { tags: 'long' }, async ({ database }) => {
    const api = callApi(await startTestServer(serverEnv(database.url)));
    const id = await start(api, { kind: 'trials', trials: 50, race: LONG });
    const { current } = await whenUnderWay(api, id);
    await api.whenRecorded(current?.id ?? '');

    expect(await api.server.stop()).toBe(0);

    const [row] = await database.query('select status, reason from experiments where id = $1', [id]);
    expect(row).toEqual({
      status: 'aborted',
      reason: 'Stopped because the server was shut down after 1 trial.',
    });
  });

  test(
    'by SIGKILL, the next one calls it interrupted and keeps what was over',
    { tags: 'long' },
    async ({ database }) => {
      const api = callApi(await startTestServer(serverEnv(database.url)));
      const id = await start(api, {
        kind: 'trials',
        trials: 50,
        race: { ...LONG, attempts: 500, stock: 50 },
      });
      await when(api, id, ({ done }) => done >= 1);
      await api.server.stop('SIGKILL');

      const next = callApi(await startTestServer(serverEnv(database.url)));
      const experiment = await get(next, id);
      await next.server.stop();

      expect(experiment.status).toBe('interrupted');
      expect(experiment.reason).toMatch(/^The server ended in the middle of this experiment/);
      expect(experiment.current).toBeNull();
      expect(experiment.strategies[0]?.violated).toBeGreaterThanOrEqual(1);
      expect(experiment.strategies[0]?.done).toBe(experiment.done);
    },
  );
});
