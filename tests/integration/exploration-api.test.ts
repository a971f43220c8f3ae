import { describe, expect } from 'vitest';
import type { ExplorationView, ScheduleView } from '@/model/exploration';
import type { IsolationReport } from '@/model/isolation';
import { serverTest as test } from '../fixtures/server/server-test';
import type { Api } from '../fixtures/server/server-test';

async function explore(api: Api, plan: object): Promise<ExplorationView> {
  const response = await api.post('/api/explorations', plan);
  const { id, url } = (await response.json()) as { id: string; url: string };
  expect({ status: response.status, url }).toEqual({ status: 202, url: `/explorations/${id}` });
  return whenOver(api, id);
}

async function whenOver(api: Api, id: string): Promise<ExplorationView> {
  for (;;) {
    const response = await api.get(`/api/explorations/${id}`);
    expect(response.status).toBe(200);
    const exploration = (await response.json()) as ExplorationView;
    if (exploration.finishedAt !== null) return exploration;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('explorations', () => {
  test('are run, stored and replayed', async ({ api }) => {
    const exploration = await explore(api, { strategy: 'read-then-write' });

    const url = `/explorations/${exploration.id}`;
    expect(exploration).toMatchObject({
      url,
      status: 'finished',
      reason: null,
      plan: { strategy: 'read-then-write', quantities: [1, 1], stock: 1, reduction: true },
      result: { verdict: 'violated', coverage: { possible: 184, isExact: true } },
    });
    const id = exploration.result?.violation?.id ?? '';
    const replayed = await api.post(`/api/explorations/${exploration.id}/schedules/${id}`);
    expect(replayed.status).toBe(200);
    expect((await replayed.json()) as ScheduleView).toEqual(exploration.result?.violation);
    const listed = (await (await api.get('/api/explorations')).json()) as { explorations: ExplorationView[] };
    expect(listed.explorations).toContainEqual(expect.objectContaining({ id: exploration.id, url }));
  });

  test('are listed page by page, newest first, and deleted once they are over', async ({ api }) => {
    const made: string[] = [];
    for (let i = 0; i < 3; i += 1)
      made.unshift((await explore(api, { strategy: 'conditional-update', seed: i })).id);
    type Page = { explorations: ExplorationView[]; nextCursor: string | null };
    const read = async (cursor = '') =>
      (await (await api.get(`/api/explorations?limit=2${cursor}`)).json()) as Page;
    const first = await read();
    const second = await read(`&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
    const ids = [...first.explorations, ...second.explorations].map(({ id }) => id);
    expect(ids.slice(0, 3)).toEqual(made);
    expect(first.explorations[0]).not.toHaveProperty('result');

    const address = `/api/explorations/${made[0]}`;
    expect((await api.get(address, { method: 'DELETE' })).status).toBe(204);
    expect((await api.get(address)).status).toBe(404);
    expect((await api.get(address, { method: 'DELETE' })).status).toBe(404);
    expect((await read()).explorations[0]?.id).toBe(made[1]);
  });

  test('that wait or run are not deleted', async ({ api }) => {
    const plan = { strategy: 'redis-lock-fenced', stock: 2, leaseExpiry: true, reduction: false };
    const response = await api.post('/api/explorations', { ...plan, maxSchedules: 100_000 });
    const { id } = (await response.json()) as { id: string };
    const refused = await api.get(`/api/explorations/${id}`, { method: 'DELETE' });
    // before anything can fail: the next exploration waits for this one
    await api.post(`/api/explorations/${id}/stop`);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ error: { code: 'exploration-running' } });
    expect(await whenOver(api, id)).toMatchObject({ status: 'stopped' });
  });

  test('wait for a race to be over, as does the test of isolation levels', async ({ api }) => {
    const raceId = await api.startRace({
      strategies: ['read-then-write'],
      attempts: 40,
      concurrency: 4,
      stock: 10,
      thinkMs: 100,
    });
    const response = await api.post('/api/explorations', { strategy: 'conditional-update' });
    const { id } = (await response.json()) as { id: string };

    const tests = Promise.all([api.get('/api/isolation'), api.get('/api/isolation')]);
    const race = await api.whenOver(raceId);
    const exploration = await whenOver(api, id);
    const reports = await Promise.all(
      (await tests).map((answer) => answer.json() as Promise<IsolationReport>),
    );
    expect(reports[0]).toMatchObject({ server: 'PostgreSQL', equalsPublished: true });
    expect(reports[1]).toEqual(reports[0]);

    expect(exploration).toMatchObject({ status: 'finished', result: { verdict: 'none-found' } });
    expect(Date.parse(exploration.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(race.finishedAt ?? ''));
  });

  test('stopped before their turn are over at once', async ({ api }) => {
    const raceId = await api.startRace({
      strategies: ['conditional-update'],
      attempts: 500_000,
      thinkMs: 50,
    });
    const response = await api.post('/api/explorations', { strategy: 'conditional-update' });
    const { id } = (await response.json()) as { id: string };

    expect((await api.post(`/api/explorations/${id}/stop`)).status).toBe(202);

    expect(await whenOver(api, id)).toMatchObject({ status: 'stopped', startedAt: null });
    await api.post(`/api/races/${raceId}/stop`);
    expect((await api.whenOver(raceId)).status).toBe('aborted');
  });

  test('leave nothing behind for a schedule that there is not', async ({ api, database }) => {
    const { id } = await explore(api, { strategy: 'conditional-update' });
    const explored = () => database.query("select sku from items where sku like 'explored-%'");
    expect(await explored()).toEqual([]);
    expect((await api.post(`/api/explorations/${id}/schedules/${'a'.repeat(40)}`)).status).toBe(404);
    await expect.poll(explored).toEqual([]);
  });

  test('can be stopped, once and again', async ({ api }) => {
    const response = await api.post('/api/explorations', {
      strategy: 'redis-lock-fenced',
      stock: 2,
      leaseExpiry: true,
      reduction: false,
      maxSchedules: 100_000,
    });
    const { id } = (await response.json()) as { id: string };

    for (let i = 0; i < 2; i += 1) {
      expect((await api.post(`/api/explorations/${id}/stop`)).status).toBe(202);
    }
    expect(await whenOver(api, id)).toMatchObject({ status: 'stopped' });
  });

  test('of too many schedules are refused with how many there are at least', async ({ api }) => {
    const plan = { strategy: 'transaction-read-committed', reduction: false, maxSchedules: 50 };
    const exploration = await explore(api, plan);
    expect(exploration).toMatchObject({ status: 'refused', result: null });
    expect(exploration.reason).toMatch(/at least \d+ schedules, about \d+/);
  });

  test.for<[string, object]>([
    ['no strategy', {}],
    ['an unknown strategy', { strategy: 'pray' }],
    ['four attempts', { strategy: 'read-then-write', attempts: 4 }],
    ['quantities of another number', { strategy: 'read-then-write', attempts: 3, quantities: [1, 1] }],
    ['more items than attempts', { strategy: 'read-then-write', items: 3 }],
    ['a sample of more than it may run', { strategy: 'read-then-write', sample: 200, maxSchedules: 100 }],
    ['a field that there is not', { strategy: 'read-then-write', depth: 3 }],
  ])('with %s are refused', async ([, plan], { api }) => {
    const response = await api.post('/api/explorations', plan);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: expect.any(String) as string } });
  });

  test.for([
    ['/api/explorations/none', 404],
    ['/api/explorations/none/schedules/ab', 405],
    ['/api/explorations?cursor=never', 400],
    ['/api/explorations?limit=0', 400],
  ] as const)('%s answers %i', async ([path, status], { api }) => {
    expect((await api.get(path)).status).toBe(status);
  });
});

test('the isolation matrix is asked of the connected server', async ({ api }) => {
  const response = await api.get('/api/isolation');
  expect(response.status).toBe(200);
  expect((await response.json()) as IsolationReport).toMatchObject({
    server: 'PostgreSQL',
    equalsPublished: true,
  });
});
