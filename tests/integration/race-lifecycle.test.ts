import { describe, expect } from 'vitest';
import type { RaceView } from '@/model/race';
import { serverTest as test } from '../fixtures/server/server-test';

interface Refused {
  error: { code: string; message: string; issues?: { path: string }[] };
}

interface Stopped {
  status: string;
  inFlight: number;
}

const SMALL = { stock: 20, attempts: 100, concurrency: 50, thinkMs: 5 };

test('a race has every connection open that it needs', async ({ api, database }) => {
  await api.race({ strategies: ['process-mutex'], stock: 1, attempts: 1, concurrency: 1 });
  const rows = await database.query(
    `select substring(application_name from '^oversell (lab|probes|samples|under test)') as name, count(*)::int as open
     from pg_stat_activity where datname = current_database() and application_name ~ '^oversell (lab|probes|samples|under)'
     group by 1 order by 1`,
  );
  expect(rows).toEqual([
    { name: 'lab', open: 5 },
    { name: 'probes', open: 2 },
    { name: 'samples', open: 1 },
    { name: 'under test', open: 20 },
  ]);
});

describe('requests', () => {
  test.for([
    [{ strategies: [] }, 'strategies'],
    [{}, 'strategies'],
    [{ strategies: 'read-then-write' }, 'strategies'],
    [{ strategies: ['pray'] }, 'strategies'],
    [{ strategies: ['read-then-write', 'read-then-write'] }, 'strategies'],
    [{ strategies: ['read-then-write'], stock: 1_000_001 }, 'stock'],
    [{ strategies: ['read-then-write'], attempts: 0 }, 'attempts'],
    [{ strategies: ['read-then-write'], attempts: 1_000_001 }, 'attempts'],
    [{ strategies: ['read-then-write'], attempts: '10' }, 'attempts'],
    [{ strategies: ['read-then-write'], concurrency: 1.5 }, 'concurrency'],
    [{ strategies: ['read-then-write'], thinkMs: -1 }, 'thinkMs'],
    [{ strategies: ['read-then-write'], timeoutMs: 1 }, 'timeoutMs'],
    [{ strategies: ['read-then-write'], model: 'stampede' }, 'model'],
    [{ strategies: ['read-then-write'], processes: 9 }, 'processes'],
    [{ strategies: ['read-then-write'], processes: 0 }, 'processes'],
    [{ strategies: ['read-then-write'], processes: 2, target: 'direct' }, 'processes'],
    [{ strategies: ['read-then-write'], processes: 3, concurrency: 2 }, 'processes'],
    [{ strategies: ['read-then-write'], model: 'burst', sync: 'last-byte', target: 'direct' }, 'sync'],
    [{ strategies: ['read-then-write'], target: 'https' }, 'target'],
    [{ strategies: ['read-then-write'], conurrency: 5 }, ''],
    [{ strategies: ['read-then-write'], rate: 100 }, 'rate'],
    [{ strategies: ['read-then-write'], model: 'open' }, 'rate'],
    [{ strategies: ['read-then-write'], model: 'open', rate: 0 }, 'rate'],
    [{ strategies: ['read-then-write'], model: 'open', rate: 1e9 }, 'rate'],
    [{ strategies: ['read-then-write'], model: 'open', rate: 50_000, durationS: 60 }, 'rate'],
    [{ strategies: ['read-then-write'], model: 'open', rate: 1, attempts: 10_000 }, 'rate'],
    [{ strategies: ['read-then-write'], arrivals: 'poisson' }, 'arrivals'],
    [{ strategies: ['read-then-write'], model: 'open', rate: 10, arrivals: 'weekly' }, 'arrivals'],
    [{ strategies: ['read-then-write'], model: 'burst', maxWaiting: 5 }, 'maxWaiting'],
    [{ strategies: ['read-then-write'], model: 'burst', rampS: 5 }, 'rampS'],
    [{ strategies: ['read-then-write'], durationS: 2, rampS: 5 }, 'rampS'],
    [{ strategies: ['read-then-write'], model: 'open', rate: 10, pauseMs: 5 }, 'pauseMs'],
    [{ strategies: ['read-then-write'], sync: 'last-byte' }, 'sync'],
    [{ strategies: ['read-then-write'], durationS: 5, attempts: 100 }, 'durationS'],
    [{ strategies: ['read-then-write'], durationS: 86_400 }, 'durationS'],
  ] as const)('refuses %j and names the field', async ([request, field], { api }) => {
    const response = await api.post('/api/races', request);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as Refused;
    expect(error.issues?.map(({ path }) => path)).toContain(field);
  });

  test('a limit is named with what was passed', async ({ api }) => {
    const response = await api.post('/api/races', { strategies: ['read-then-write'], attempts: 2_000_000 });
    const { error } = (await response.json()) as { error: { issues: { message: string }[] } };
    expect(error.issues[0]?.message).toBe('must be a whole number from 1 to 1,000,000, not 2,000,000');
  });

  test.for([
    ['GET', '/api/races/nope'],
    ['DELETE', '/api/races/nope'],
    ['POST', '/api/races/nope/stop'],
    ['GET', '/api/races/nope/events'],
    ['GET', '/api/races/nope/export.json'],
  ] as const)('%s %s is a 404', async ([method, path], { api }) => {
    const response = await api.get(path, { method });
    expect(response.status).toBe(404);
    expect(((await response.json()) as Refused).error.code).toBe('unknown-race');
  });
});

describe('stored races', () => {
  test('are listed newest first, page by page', async ({ api }) => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      ids.unshift((await api.race({ strategies: ['conditional-update'], stock: 1, attempts: 2 })).id);
    }
    const first = (await (await api.get('/api/races?limit=2')).json()) as {
      races: RaceView[];
      nextCursor: string;
    };
    expect(first.races.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const cursor = encodeURIComponent(first.nextCursor);
    const second = (await (await api.get(`/api/races?limit=1&cursor=${cursor}`)).json()) as typeof first;
    expect(second.races.map(({ id }) => id)).toEqual(ids.slice(2));
    expect((await api.get('/api/races?cursor=rubbish')).status).toBe(400);
    expect((await api.get('/api/races?limit=0')).status).toBe(400);
  });

  test('are exported as they are answered, and forgotten with their rows when deleted', async ({
    api,
    database,
  }) => {
    const race = await api.race({ strategies: ['conditional-update'], ...SMALL });
    const exported = await api.get(`/api/races/${race.id}/export.json`);
    expect(exported.headers.get('content-disposition')).toContain(`oversell-race-${race.id}.json`);
    expect(await exported.json()).toEqual(await (await api.get(`/api/races/${race.id}`)).json());

    expect((await api.get(`/api/races/${race.id}`, { method: 'DELETE' })).status).toBe(204);

    expect((await api.get(`/api/races/${race.id}`)).status).toBe(404);
    const sku = race.lanes[0]?.sku ?? '';
    expect(await database.query('select from items where sku = $1', [sku])).toEqual([]);
    expect(await database.query('select from orders where sku = $1', [sku])).toEqual([]);
    expect(await database.query('select from event_batches where race_id = $1', [race.id])).toEqual([]);
  });
});

describe('stopping', () => {
  const LONG = {
    strategies: ['read-then-write', 'conditional-update'],
    stock: 10_000,
    attempts: 100_000,
    concurrency: 20,
    thinkMs: 50,
  };

  test('drains and judges what ran; asking again when it is over is harmless', async ({ api }) => {
    const id = await api.startRace(LONG);
    await api.whenRecorded(id);
    expect((await api.get(`/api/races/${id}`, { method: 'DELETE' })).status).toBe(409);
    expect((await api.post(`/api/races/${id}/stop`)).status).toBe(202);

    const race = await api.whenOver(id);

    expect(race.status).toBe('aborted');
    expect(race.reason).toMatch(/^Stopped by request after [\d,]+ of 200,000 attempts\.$/);
    const [ran, notRun] = race.lanes;
    expect(ran?.counts.attempts).toBeGreaterThan(0);
    expect(ran?.counts.attempts).toBeLessThan(100_000);
    expect(ran?.honesty.generated).toBe(ran?.counts.attempts);
    expect(ran?.orders.count).toBe(ran?.counts.accepted);
    expect(notRun).toMatchObject({ status: 'cancelled', counts: { attempts: 0 } });
    expect((await api.post(`/api/races/${id}/stop`)).status).toBe(202);
    expect((await (await api.get(`/api/races/${id}`)).json()) as RaceView).toEqual(race);
  });

  test('asked again while it drains, waits for nothing: what is in flight is indeterminate at once', async ({
    api,
  }) => {
    const slow = {
      stock: 100,
      attempts: 1_000,
      concurrency: 8,
      thinkMs: 10_000,
      timeoutMs: 60_000,
      rampS: 0,
    };
    const id = await api.startRace({ strategies: ['read-then-write'], ...slow });
    await api.whenRunning(id);
    const stop = async () => (await (await api.post(`/api/races/${id}/stop`)).json()) as Stopped;
    expect(await stop()).toMatchObject({ status: 'stopping', inFlight: 8 });
    await stop();
    const race = await api.whenOver(id);

    // the buyers think for 5 to 15 s each: with a wait for them they would be accepted
    expect(race).toMatchObject({
      status: 'aborted',
      reason: 'Stopped by request after 8 of 1,000 attempts.',
    });
    const [lane] = race.lanes;
    expect(lane?.counts).toMatchObject({ attempts: 8, indeterminate: 8 });
    expect(lane?.honesty).toEqual({ generated: 8, recorded: 8, stored: 8 });
    expect(lane?.verdict.status).toBe('inconclusive');
  });

  test('a race that waits for its turn is over at once, stored, and can be deleted', async ({
    api,
    database,
  }) => {
    const running = await api.startRace(LONG);
    const waiting = await api.startRace(LONG);
    await api.post(`/api/races/${waiting}/stop`);

    const race = await api.whenOver(waiting);

    expect(race).toMatchObject({ status: 'aborted', startedAt: null });
    expect(await database.query('select status from races where id = $1', [waiting])).toEqual([
      { status: 'aborted' },
    ]);
    expect((await api.get(`/api/races/${waiting}`, { method: 'DELETE' })).status).toBe(204);
    expect((await api.get(`/api/races/${running}`)).status).toBe(200);
    await api.post(`/api/races/${running}/stop`);
    await api.whenOver(running);
  });

  test(
    'no more races wait than may, however many are asked for at once',
    { tags: 'long' },
    async ({ api }) => {
      const running = await api.startRace(LONG);
      await api.whenRunning(running);
      const answers = await Promise.all(Array.from({ length: 30 }, () => api.post('/api/races', LONG)));
      const accepted = answers.filter(({ status }) => status === 202);
      expect(accepted).toHaveLength(20);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);

      for (const answer of accepted) {
        const { id } = (await answer.json()) as { id: string };
        expect((await api.post(`/api/races/${id}/stop`)).status).toBe(202);
      }
      await api.post(`/api/races/${running}/stop`);
      await api.whenOver(running);
    },
  );
});
