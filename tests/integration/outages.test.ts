import { expect, onTestFinished } from 'vitest';
import { EXIT } from '@/cli/exit-code';
import { runCommand } from '@/cli/program';
import type { ExplorationView } from '@/model/exploration';
import type { RaceView } from '@/model/race';
import type { Health } from '@/services/health';
import { commandIo } from '../fixtures/command-io';
import { databaseTest as test, testRedisUrl } from '../fixtures/database/database';
import { startTestServer } from '../fixtures/server/server';
import { callApi, serverEnv } from '../fixtures/server/server-test';
import type { Api } from '../fixtures/server/server-test';
import { openTcpGate } from '../fixtures/database/tcp-gate';
import type { TcpGate } from '../fixtures/database/tcp-gate';

const LONG = {
  strategies: ['redis-lua-gate'],
  stock: 50_000,
  attempts: 100_000,
  concurrency: 20,
  thinkMs: 50,
};

/** A server that reaches PostgreSQL and Redis by way of gates. */
async function openGatedServer(
  databaseUrl: string,
): Promise<{ api: Api; postgres: TcpGate; redis: TcpGate; output: () => string }> {
  const postgres = await openTcpGate(databaseUrl);
  const redis = await openTcpGate(testRedisUrl());
  const server = await startTestServer({
    ...serverEnv(databaseUrl),
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
  });
  onTestFinished(async () => {
    await server.stop();
    await Promise.all([postgres.close(), redis.close()]);
  });
  return { api: callApi(server), postgres, redis, output: () => server.output() };
}

async function readHealth(api: Api): Promise<{ status: number; health: Health }> {
  const response = await api.get('/api/health');
  return {
    status: response.status,
    health: (await response.json()) as Health,
  };
}

async function whenHealthy(api: Api): Promise<void> {
  while ((await readHealth(api)).status !== 200);
}

test('PostgreSQL lost during a race: health 503, the race fails with the reason, all recovers', async ({
  database,
}) => {
  const { api, postgres, output } = await openGatedServer(database.url);
  const id = await api.startRace(LONG);
  await api.whenRecorded(id);

  await postgres.shut();
  const { status, health } = await readHealth(api);
  const race = await api.whenOver(id);

  expect(status).toBe(503);
  expect(health).toMatchObject({
    status: 'degraded',
    checks: { postgres: { ok: false }, redis: { ok: true } },
  });
  expect(race).toMatchObject({
    status: 'failed',
    reason: expect.stringMatching(/^PostgreSQL was lost/) as string,
  });
  expect(race.lanes[0]?.verdict).toMatchObject({ status: 'inconclusive' });
  expect((await api.post('/api/buy-good')).status).toBe(503);
  expect((await api.get('/api/races')).status).toBe(503);
  const { io, errors } = commandIo();
  expect(await runCommand(['race', '--server', api.url], io, '0.0.0')).toBe(EXIT.unreachable);
  expect(errors()).toMatch(/^http:\S+ is not well: PostgreSQL cannot be reached\.?/);
  // who asks is told in words, and the log has the cause
  expect(output()).toMatch(/"cause":\{.*"msg":"the lab could not be asked"/);

  await postgres.open();
  await whenHealthy(api);
  // what could not be written then is written now
  await expect.poll(() => storedStatus(database, id)).toBe('failed');
  const after = await api.race({
    strategies: ['conditional-update'],
    stock: 5,
    attempts: 50,
    model: 'burst',
  });
  expect(after.lanes[0]?.verdict.status).toBe('ok');
});

test(
  'PostgreSQL lost during an exploration: it fails with the reason, and is stored when it is back',
  { tags: 'long' },
  async ({ database }) => {
    const { api, postgres } = await openGatedServer(database.url);
    const plan = { strategy: 'read-then-write', attempts: 3 };
    const { id } = (await (await api.post('/api/explorations', plan)).json()) as { id: string };
    const read = async () => (await (await api.get(`/api/explorations/${id}`)).json()) as ExplorationView;
    const stored = async () => {
      const [row] = await database.query('select status, reason from explorations where id = $1', [id]);
      return row;
    };
    await expect.poll(async () => (await read()).progress.run).toBeGreaterThan(0);

    await postgres.shut();
    await expect.poll(async () => (await read()).status).toBe('failed');
    expect(await stored()).toEqual({ status: 'running', reason: null });
    await postgres.open();

    await expect.poll(stored).toMatchObject({ status: 'failed' });
    expect(await stored()).toMatchObject({ reason: (await read()).reason });
  },
);

test('Redis lost before an exploration or a replay that needs it: both fail with the reason, others do not notice', async ({
  database,
}) => {
  const { api, redis } = await openGatedServer(database.url);
  const explore = async (plan: object) => {
    const { id } = (await (await api.post('/api/explorations', plan)).json()) as { id: string };
    let view: ExplorationView;
    do view = (await (await api.get(`/api/explorations/${id}`)).json()) as ExplorationView;
    while (view.finishedAt === null);
    return view;
  };
  const plan = { strategy: 'redis-lock-naive', leaseExpiry: true };
  const { id, result } = await explore(plan);
  expect(result?.verdict).toBe('violated');

  await redis.shut();
  while ((await readHealth(api)).status === 200);
  expect(await explore(plan)).toMatchObject({
    status: 'failed',
    reason: 'Redis was lost before the exploration: Redis cannot be reached.',
    result: null,
  });
  const replayed = await api.post(`/api/explorations/${id}/schedules/${result?.violation?.id}`);
  expect(replayed.status).toBe(503);
  expect(await explore({ strategy: 'conditional-update' })).toMatchObject({
    status: 'finished',
    result: { verdict: 'none-found' },
  });
});

test('Redis lost during a race that needs it: the same, and others do not notice', async ({ database }) => {
  const { api, redis } = await openGatedServer(database.url);
  const id = await api.startRace(LONG);
  await api.whenRecorded(id);

  await redis.shut();
  const { status, health } = await readHealth(api);
  const race = await api.whenOver(id);

  expect(status).toBe(503);
  expect(health.checks).toMatchObject({ postgres: { ok: true }, redis: { ok: false } });
  expect(race).toMatchObject({
    status: 'failed',
    reason: expect.stringMatching(/^Redis was lost/) as string,
  });
  const other = await api.race({
    strategies: ['conditional-update'],
    stock: 5,
    attempts: 50,
    model: 'burst',
  });
  expect(other.lanes[0]?.verdict.status).toBe('ok');

  await redis.open();
  await whenHealthy(api);
  const after = await api.race({ strategies: ['redis-lua-gate'], stock: 5, attempts: 50, model: 'burst' });
  expect(after.lanes[0]?.verdict.status).toBe('ok');
});

test(
  'Redis lost during a race: a lane that does not need it goes on, and is judged',
  { tags: 'long' },
  async ({ database }) => {
    const { api, redis } = await openGatedServer(database.url);
    const id = await api.startRace({
      strategies: ['redis-lua-gate', 'conditional-update'],
      stock: 10,
      attempts: 90,
      concurrency: 5,
      thinkMs: 300,
    });
    await api.whenRecorded(id);

    await redis.shut();
    const { status, reason, lanes } = await api.whenOver(id);

    // the watch on Redis says it was lost, or before that the reading of the lane's counter that it cannot be reached
    expect({ status, reason }).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^Redis (was lost during the race: .+|cannot be reached)\.$/) as string,
    });
    expect(lanes[0]).toMatchObject({
      status: 'cancelled',
      verdict: { reason: expect.stringMatching(/^Not judged: Redis (was lost|cannot be reached)/) as string },
    });
    expect(lanes[1]).toMatchObject({ status: 'finished', counts: { attempts: 90, accepted: 10 } });
  },
);

test(
  'Redis that stands still during a race: the race fails, the queue goes on, the server stops cleanly',
  { tags: 'long' },
  async ({ database }) => {
    const { api, redis } = await openGatedServer(database.url);
    const id = await api.startRace(LONG);
    await api.whenRecorded(id);

    redis.stall();
    // it answers although the one that it asks does not
    expect(await readHealth(api)).toMatchObject({
      status: 503,
      health: { checks: { redis: { ok: false } } },
    });
    const race = await api.whenOver(id);

    expect(race).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^Redis was lost/) as string,
    });
    const other = await api.race({
      strategies: ['conditional-update'],
      stock: 5,
      attempts: 50,
      model: 'burst',
    });
    expect(other.lanes[0]?.verdict.status).toBe('ok');
    expect(await api.server.stop()).toBe(0);
  },
);

test(
  'SIGKILL in the middle of a race: the next boot calls it interrupted and shows what was stored',
  { tags: 'long' },
  async ({ database }) => {
    const first = callApi(await startTestServer(serverEnv(database.url)));
    const id = await first.startRace({ ...LONG, strategies: ['conditional-update', 'read-then-write'] });
    await expect.poll(() => storedAttempts(database, id)).toBeGreaterThan(100);
    await first.server.stop('SIGKILL');

    const second = await startTestServer(serverEnv(database.url));
    onTestFinished(async () => void (await second.stop()));
    const race = (await (await callApi(second).get(`/api/races/${id}`)).json()) as RaceView;

    expect(race).toMatchObject({
      status: 'interrupted',
      reason: expect.stringContaining('server ended') as string,
    });
    const [ran, notRun] = race.lanes;
    expect(ran?.counts.attempts).toBe(await storedAttempts(database, id));
    expect(ran?.counts.accepted).toBeGreaterThan(0);
    expect(ran?.verdict.status).toBe('inconclusive');
    expect(notRun).toMatchObject({ status: 'cancelled', counts: { attempts: 0 } });
  },
);

test(
  'a server that starts leaves the races of one that lives alone',
  { tags: 'long' },
  async ({ database }) => {
    const first = await startTestServer(serverEnv(database.url));
    onTestFinished(async () => void (await first.stop()));
    const api = callApi(first);
    const id = await api.startRace(LONG);
    await api.whenRecorded(id);

    const second = await startTestServer(serverEnv(database.url));
    onTestFinished(async () => void (await second.stop()));

    expect(await storedStatus(database, id)).toMatch(/preparing|running/);
    const elsewhere = await callApi(second).post(`/api/races/${id}/stop`);
    expect(elsewhere.status).toBe(409);
    await api.post(`/api/races/${id}/stop`);
    expect((await api.whenOver(id)).status).toBe('aborted');
  },
);

test(
  'SIGKILL of one of two servers: the other calls its jobs interrupted, and deletes them',
  { tags: 'long' },
  async ({ database }) => {
    const [first, second] = await Promise.all([
      startTestServer(serverEnv(database.url)),
      startTestServer(serverEnv(database.url)),
    ]);
    onTestFinished(async () => void (await second.stop()));
    const [api, other] = [callApi(first), callApi(second)];
    const running = await api.startRace(LONG);
    const queued = await api.startRace(LONG);
    await expect.poll(() => storedAttempts(database, running)).toBeGreaterThan(0);
    await first.stop('SIGKILL');

    for (const id of [running, queued]) {
      const race = await other.whenOver(id);
      expect(race).toMatchObject({
        status: 'interrupted',
        reason: expect.stringContaining('server ended') as string,
      });
      expect(race.lanes[0]?.counts.attempts).toBe(await storedAttempts(database, id));
      expect((await fetch(`${other.url}/api/races/${id}`, { method: 'DELETE' })).status).toBe(204);
    }
  },
);

test(
  'SIGTERM in the middle of a race drains it, stores it and exits with 0',
  { tags: 'long' },
  async ({ database }) => {
    const server = await startTestServer(serverEnv(database.url));
    const api = callApi(server);
    const id = await api.startRace(LONG);
    await api.whenRecorded(id);

    expect(await server.stop('SIGTERM')).toBe(0);

    expect(await storedStatus(database, id)).toBe('aborted');
    const [row] = await database.query('select verdict, result from lanes where race_id = $1', [id]);
    const { counts } = row?.result as { counts: { accepted: number } };
    const [orders] = await database.query('select count(*)::int from orders where attempt_id like $1', [
      `${id}.%`,
    ]);
    expect(orders?.count).toBe(counts.accepted);
  },
);

test.for(['DATABASE_URL', 'REDIS_URL'])(
  '%s that cannot be reached: one line and exit code 3',
  async (name, { database }) => {
    const gate = await openTcpGate(name === 'DATABASE_URL' ? database.url : testRedisUrl());
    await gate.close();
    const failure = await startTestServer({ ...serverEnv(database.url), [name]: gate.url }).catch(
      (error: unknown) => String(error),
    );
    expect(failure).toContain('the server ended with 3');
    expect(failure).toContain(name);
    expect(failure).not.toMatch(/^\s+at /m);
  },
);

test.for([
  ['a file', 'package.json', 'which is not a folder'],
  ['below a file', 'package.json/data', 'which is not a folder'],
  ['a folder that cannot be made', '/proc/oversell', 'where nothing can be written'],
  ['a folder that takes no files', '/proc/self', 'where nothing can be written'],
] as const)('DATA_DIR is %s: one line and exit code 2', async ([, dataDir, why], { database }) => {
  const env = { ...serverEnv(database.url), REDIS_URL: '', DATA_DIR: dataDir };
  const failure = await startTestServer(env).then(
    ({ url }) => `it started at ${url}`,
    (error: unknown) => String(error),
  );
  const [head, line, ...rest] = failure.split('\n');
  expect(head).toContain('the server ended with 2');
  expect(line).toMatch(/^DATA_DIR leads to .*\. Set it to a folder that this user may write to\.$/);
  expect(line).toContain(why);
  expect(rest).toEqual(['']);
});

async function storedStatus(database: { query: QueryFn }, id: string): Promise<unknown> {
  const [row] = await database.query('select status from races where id = $1', [id]);
  return row?.status;
}

async function storedAttempts(database: { query: QueryFn }, id: string): Promise<number> {
  const [row] = await database.query(
    'select coalesce(sum(count), 0)::int as attempts from event_batches where race_id = $1',
    [id],
  );
  return Number(row?.attempts);
}

type QueryFn = (sql: string, parameters?: unknown[]) => Promise<Record<string, unknown>[]>;
