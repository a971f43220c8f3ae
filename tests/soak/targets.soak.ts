import { describe, expect } from 'vitest';
import { databaseTest } from '../fixtures/database/database';
import { startTestServer } from '../fixtures/server/server';
import { callApi, serverEnv, serverTest as test } from '../fixtures/server/server-test';
import { CONTESTED, ENDLESS, only, purchaseServers, until } from '../fixtures/server/targets';

/** Each race starts processes of its own, which takes longer than the race. The rest is in tests/integration. */
describe('several server processes', () => {
  test(
    'keep what the database guards, in every load model, and are watched as this process is',
    { timeout: 60_000 },
    async ({ api }) => {
      const plan = { strategies: ['conditional-update'], ...CONTESTED, processes: 2 };
      const models = [
        { model: 'burst', rampS: undefined, sync: 'last-byte' },
        { model: 'open', rate: 400 },
      ];
      for (const model of models) {
        const race = await api.race({ ...plan, ...model });
        const lane = only(race);
        expect(lane.verdict).toMatchObject({ status: 'ok' });
        expect(lane.counts).toMatchObject({ attempts: 160, accepted: 40, soldOut: 120 });
        expect(race.poolSize).toBe(20);
        expect(lane.bottleneck?.server.cpu).toBeGreaterThan(0);
        // pools of the children are traced and sampled like this process's own
        expect(lane.time?.meanMs.statements).toBeGreaterThan(0);
      }
    },
  );

  test('are gone when a race was stopped', { timeout: 60_000 }, async ({ api }) => {
    const id = await api.startRace(ENDLESS);
    await api.whenRecorded(id);
    expect(purchaseServers(api.server.process.pid)).toHaveLength(2);
    await api.post(`/api/races/${id}/stop`);
    const race = await api.whenOver(id);
    expect(race).toMatchObject({
      status: 'aborted',
      reason: expect.stringContaining('by request') as string,
    });
    expect(only(race).counts.attempts).toBeGreaterThan(0);
    expect(purchaseServers(api.server.process.pid)).toEqual([]);
  });

  databaseTest.for(['SIGTERM', 'SIGKILL'] as const)(
    'end with a server that gets %s',
    { timeout: 60_000 },
    async (signal, { database }) => {
      const server = await startTestServer(serverEnv(database.url));
      const api = callApi(server);
      const id = await api.startRace(ENDLESS);
      await api.whenRecorded(id);
      const children = purchaseServers(server.process.pid);
      expect(children).toHaveLength(2);
      await server.stop(signal);
      // a server that was asked to end has ended them; after a kill they notice by themselves
      if (signal === 'SIGKILL') await until(() => !children.some((pid) => purchaseServers().includes(pid)));
      expect(purchaseServers().filter((pid) => children.includes(pid))).toEqual([]);
    },
  );

  databaseTest(
    'race even with a pool of one connection each, as they have two of them together',
    { timeout: 60_000 },
    async ({ database }) => {
      const server = await startTestServer({ ...serverEnv(database.url), POOL_SIZE: '1' });
      try {
        const api = callApi(server);
        const plan = { strategies: ['conditional-update'], ...CONTESTED };
        const alone = only(await api.race({ ...plan, processes: 1 }));
        const apart = only(await api.race({ ...plan, processes: 2 }));
        expect(alone.finalRows?.connections).toBe(1);
        expect(alone.verdict.status).toBe('inconclusive');
        expect(apart.finalRows?.connections).toBe(2);
        expect(apart.verdict.status).toBe('ok');
      } finally {
        await server.stop();
      }
    },
  );
});
