import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { CheckStore } from '@/store/check-store';
import { RESULT, SOUND } from '../fixtures/check-result';
import { databaseTest as test } from '../fixtures/database/database';
import { startTestServer } from '../fixtures/server/server';
import { callApi, serverEnv } from '../fixtures/server/server-test';

test('results of checks are listed, read, downloaded and forgotten, whoever has kept them', async ({
  database,
}) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'oversell-checks-api-'));
  const server = await startTestServer({ ...serverEnv(database.url), DATA_DIR: dataDir });
  onTestFinished(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const { get } = callApi(server);
  const list = async (query = ''): Promise<unknown> => (await get(`/api/checks${query}`)).json();
  expect(await list()).toEqual({ checks: [], nextCursor: null });

  // another process of this machine
  const store = new CheckStore(dataDir);
  const first = await store.save(RESULT, new Date(1_000));
  const second = await store.save(SOUND, new Date(2_000));
  const page = (await list('?limit=1')) as { nextCursor: string };
  expect(page).toMatchObject({ checks: [{ id: second.id, url: `/checks/${second.id}`, verdict: 'ok' }] });
  expect(await list(`?limit=1&cursor=${encodeURIComponent(page.nextCursor)}`)).toMatchObject({
    checks: [{ id: first.id, verdict: 'violated', schedules: { possible: 6, violating: 2 } }],
    nextCursor: null,
  });
  for (const query of ['?limit=0', '?limit=x', '?cursor=x'])
    expect((await get(`/api/checks${query}`)).status).toBe(400);

  const path = `/api/checks/${first.id}`;
  expect(await (await get(path)).json()).toEqual({ ...first, url: `/checks/${first.id}` });
  const html = await get(`${path}/export.html`);
  expect(html.headers.get('content-disposition')).toBe(`attachment; filename="check-${first.id}.html"`);
  expect(await html.text()).toContain('the last &lt;unit&gt;');

  for (const method of ['POST', 'PUT', 'PATCH'])
    for (const where of ['/api/checks', path, `${path}/export.html`])
      expect((await get(where, { method })).status).toBe(405);
  expect((await get(path, { method: 'DELETE', headers: { origin: 'http://example.com' } })).status).toBe(403);
  expect((await get(path, { method: 'DELETE' })).status).toBe(204);
  expect((await get(path, { method: 'DELETE' })).status).toBe(404);
  for (const where of [path, `${path}/export.html`, '/api/checks/..%2F..%2Fetc'])
    expect((await get(where)).status).toBe(404);
  expect(await list()).toMatchObject({ checks: [{ id: second.id }] });
});
