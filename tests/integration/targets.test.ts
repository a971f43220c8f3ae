import { describe, expect } from 'vitest';
import { databaseTest } from '../fixtures/database/database';
import { startTestServer } from '../fixtures/server/server';
import { callApi, serverEnv, serverTest as test } from '../fixtures/server/server-test';
import { CONTESTED, ENDLESS, only, purchaseServers } from '../fixtures/server/targets';

describe('several server processes', () => {
  test('break a mutex in the process, which holds in one process', async ({ api }) => {
    const plan = { strategies: ['process-mutex'], ...CONTESTED };
    const alone = await api.race({ ...plan, processes: 1 });
    const apart = await api.race({ ...plan, processes: 2 });

    expect(only(alone).verdict.status).toBe('ok');
    const lane = only(apart);
    expect(lane.verdict.status).toBe('violated');
    expect(lane.counts).toMatchObject({ attempts: 160, indeterminate: 0, error: 0 });
    expect(lane.honesty).toEqual({ generated: 160, recorded: 160, stored: 160 });
    expect(purchaseServers(api.server.process.pid)).toEqual([]);
  });

  test(
    'are gone when a race was stopped by force, with purchases that nobody waited for',
    { tags: 'long' },
    async ({ api }) => {
      const slow = { strategies: ['read-then-write'], concurrency: 4, thinkMs: 10_000, timeoutMs: 60_000 };
      const id = await api.startRace({ ...slow, rampS: 0, processes: 2 });
      await api.whenRunning(id);
      await api.post(`/api/races/${id}/stop`);
      await api.post(`/api/races/${id}/stop`);
      const race = await api.whenOver(id);
      const lane = only(race);
      expect(lane.counts).toMatchObject({ attempts: 4, indeterminate: 4 });
      // the children were asked, and said that they had not finished
      expect(lane.finalRows?.stillRunning).toBe(4);
      expect(purchaseServers(api.server.process.pid)).toEqual([]);
    },
  );

  test('fail the race with the reason when one of them dies', { tags: 'long' }, async ({ api }) => {
    const id = await api.startRace(ENDLESS);
    await api.whenRecorded(id);
    const [victim] = purchaseServers(api.server.process.pid);
    // a signal to process 0 would go to everything that runs beside this test
    if (!victim) throw new Error('no purchase server runs');
    process.kill(victim, 'SIGKILL');
    const race = await api.whenOver(id);
    expect(race).toMatchObject({
      status: 'failed',
      reason: 'A purchase server ended with signal SIGKILL in the middle of the race.',
    });
    expect(only(race).verdict.status).toBe('inconclusive');
    expect(purchaseServers(api.server.process.pid)).toEqual([]);
    // and the next race is none the worse
    const next = await api.race({ strategies: ['conditional-update'], ...CONTESTED, processes: 2 });
    expect(only(next).verdict.status).toBe('ok');
  });

  databaseTest(
    'are refused before anything starts when PostgreSQL has no room for their pools',
    async ({ database }) => {
      const server = await startTestServer({ ...serverEnv(database.url), POOL_SIZE: '150' });
      try {
        const api = callApi(server);
        const message =
          'with pools of 150 each take 450 connections beside the 150 of this server, and this PostgreSQL has room for 380: lower processes or POOL_SIZE, or raise max_connections';
        const plan = { strategies: ['conditional-update'], processes: 3 };
        for (const [path, body] of [
          ['/api/races', plan],
          ['/api/experiments', { kind: 'trials', trials: 2, race: plan }],
        ] as const) {
          const response = await api.post(path, body);
          expect(response.status).toBe(400);
          expect(await response.json()).toMatchObject({
            error: { code: 'bad-race', issues: [{ path: 'processes', message }] },
          });
        }
      } finally {
        await server.stop();
      }
    },
  );
});

describe('purchases in the process', () => {
  test.for([
    ['conditional-update', 'ok'],
    ['redis-lua-gate', 'ok'],
    ['read-then-write', 'violated'],
  ] as const)('%s is %s, with proof of overlap and an account of the time', async ([id, status], { api }) => {
    for (const model of [{}, { model: 'burst', rampS: undefined }, { model: 'open', rate: 1_000 }]) {
      const lane = only(await api.race({ strategies: [id], ...CONTESTED, ...model, target: 'direct' }));
      expect(lane.verdict).toMatchObject({ status });
      expect(lane.counts).toMatchObject({ attempts: 160, error: 0, indeterminate: 0 });
      expect(lane.overlap.raced).toBeGreaterThan(0);
      const parts = Object.values(lane.time?.meanMs ?? {}).reduce((sum, part) => sum + part, 0);
      expect(parts).toBeCloseTo(lane.latencyMs.mean, 0);
      expect(lane.bottleneck?.limitedBy).not.toBe('generator');
    }
  });

  test('that time out are indeterminate, and counted until they have ended', async ({ api }) => {
    const slow = { stock: 10, attempts: 10, concurrency: 10, thinkMs: 400, timeoutMs: 100, rampS: 0 };
    const lane = only(await api.race({ strategies: ['read-then-write'], ...slow, target: 'direct' }));
    expect(lane.counts).toMatchObject({ attempts: 10, indeterminate: 10 });
    // all have drained, and their orders were found
    expect(lane.finalRows?.stillRunning).toBe(0);
    expect(lane.recovered).toBe(10);
  });

  test('stop by request and by force', async ({ api }) => {
    const slow = { strategies: ['read-then-write'], concurrency: 4, thinkMs: 10_000, timeoutMs: 60_000 };
    const id = await api.startRace({ ...slow, rampS: 0, target: 'direct' });
    await api.whenRunning(id);
    await api.post(`/api/races/${id}/stop`);
    await api.post(`/api/races/${id}/stop`);
    const lane = only(await api.whenOver(id));
    expect(lane.counts).toMatchObject({ attempts: 4, indeterminate: 4 });
    expect(lane.finalRows?.stillRunning).toBe(4);
  });
});
