import { expect } from 'vitest';
import { serverTest as test } from '../fixtures/server/server-test';

/** All at once: buyers who come one after the other prove nothing. */
const PLAN = { stock: 20, attempts: 120, concurrency: 50, thinkMs: 10, rampS: 0, control: true };

test('a control that was not asked for is a lane of its own, and what it shows makes ok say more', async ({
  api,
}) => {
  const race = await api.race({ strategies: ['conditional-update', 'redis-lua-gate'], ...PLAN });

  expect(race.lanes.map(({ strategy, role }) => [strategy, role])).toEqual([
    ['conditional-update', 'contestant'],
    ['redis-lua-gate', 'contestant'],
    ['read-then-write', 'control'],
    ['redis-get-decr', 'control'],
  ]);
  expect(race.lanes.map(({ verdict }) => verdict.status)).toEqual(['ok', 'ok', 'violated', 'violated']);
  expect(race.lanes[0]?.control).toEqual({ lane: 2, strategy: 'read-then-write', broke: true });
  expect(race.lanes[1]?.control).toEqual({ lane: 3, strategy: 'redis-get-decr', broke: true });
  expect(race.lanes[0]?.verdict.reason).toMatch(/Its control, read-then-write, broke under the same load\.$/);
  const log = await api.get(`/api/races/${race.id}/events?lane=3`);
  expect(log.status).toBe(200);
});

test(
  'a strategy that was asked for is the control of the others, and runs before them',
  { tags: 'long' },
  async ({ api }) => {
    const race = await api.race({ strategies: ['conditional-update', 'read-then-write'], ...PLAN });

    expect(race.lanes).toHaveLength(2);
    expect(race.lanes[0]?.control).toEqual({ lane: 1, strategy: 'read-then-write', broke: true });
    expect(race.lanes[1]?.control).toBeNull();
  },
);

test(
  'lanes that run at once wait for their control before they are judged',
  { tags: 'long' },
  async ({ api }) => {
    const race = await api.race({ strategies: ['conditional-update'], ...PLAN, order: 'parallel' });

    expect(race).toMatchObject({ status: 'finished', reason: null });
    expect(race.lanes.map(({ status }) => status)).toEqual(['finished', 'finished']);
    expect(race.lanes[0]?.control).toEqual({ lane: 1, strategy: 'read-then-write', broke: true });
    expect(race.lanes[0]?.verdict.status).toBe('ok');
  },
);

test('a race without controls has the lanes it was asked for', async ({ api }) => {
  const race = await api.race({ ...PLAN, strategies: ['conditional-update'], control: false });

  expect(race.lanes).toHaveLength(1);
  expect(race.lanes[0]).toMatchObject({ control: null, verdict: { status: 'ok' } });
});
