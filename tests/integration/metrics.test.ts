import { io } from 'socket.io-client';
import { expect, onTestFinished } from 'vitest';
import type { RaceView } from '@/model/race';
import { databaseTest, testRedisUrl } from '../fixtures/database/database';
import { openTcpGate } from '../fixtures/database/tcp-gate';
import { readPrometheus } from '../fixtures/server/prometheus';
import { startTestServer } from '../fixtures/server/server';
import { callApi, ownServerTest as test, serverEnv } from '../fixtures/server/server-test';
import type { Api } from '../fixtures/server/server-test';

/** Reads the metrics; the function gives the sum of the samples that have these labels. */
async function readMetrics(api: Api): Promise<(name: string, labels?: Record<string, string>) => number> {
  const response = await api.get('/metrics');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const samples = readPrometheus(await response.text());
  return (name, labels = {}) =>
    samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
}

test('agrees with a race, while it runs and afterwards', async ({ api }) => {
  const before = await readMetrics(api);
  expect(before('oversell_attempts_total')).toBe(0);
  expect(before('process_cpu_seconds_total')).toBeGreaterThan(0);
  const strategies = ['read-then-write', 'conditional-update'];
  const plan = { strategies, stock: 20, attempts: 200, concurrency: 20 };
  const id = await api.startRace({ ...plan, attempts: 100_000, thinkMs: 50 });
  await api.whenRecorded(id);
  await api.startRace(plan);
  const during = await readMetrics(api);
  expect(during('oversell_jobs_active', { kind: 'race', status: 'running' })).toBe(1);
  expect(during('oversell_queue_length')).toBe(1);
  expect(during('oversell_attempts_total')).toBeGreaterThan(0);
  expect(during('oversell_pool_connections', { pool: 'recorder' })).toBeGreaterThan(0);
  expect(during('oversell_pool_connections', { pool: 'under test' })).toBeLessThanOrEqual(20);
  await api.post(`/api/races/${id}/stop`);
  const stopped = await api.whenOver(id);
  const last = await api.race(plan);
  const after = await readMetrics(api);
  const list = (await (await api.get('/api/races')).json()) as { races: RaceView[] };
  const queued = list.races.find((race) => race.id !== id && race.id !== last.id);
  const lanes = [stopped, last, queued].flatMap((race) => race?.lanes ?? []);
  for (const strategy of strategies) {
    const own = lanes.filter((lane) => lane.strategy === strategy);
    const sum = (key: 'accepted' | 'soldOut') => own.reduce((all, { counts }) => all + counts[key], 0);
    expect(after('oversell_attempts_total', { strategy, outcome: 'accepted' })).toBe(sum('accepted'));
    expect(after('oversell_attempts_total', { strategy, outcome: 'sold-out' })).toBe(sum('soldOut'));
  }
  expect(after('oversell_jobs_ended_total', { kind: 'race', status: 'finished' })).toBe(2);
  expect(after('oversell_jobs_ended_total', { kind: 'race', status: 'aborted' })).toBe(1);
  expect(after('oversell_jobs_active')).toBe(0);
});

test('counts requests by the pattern of their route, and invented addresses under one name', async ({
  api,
}) => {
  const before = await readMetrics(api);
  const key = '/api/create-inventory-key?sku=counted&stock=1';
  const paths = ['/api/races/none-1', '/api/races/none-2', '/invented/1', '/invented/2', key];
  // a response counts when all of it has been sent
  await Promise.all(paths.map(async (path) => (await api.get(path)).text()));
  await api.post('/api/buy-good', { sku: 'counted' });
  const after = await readMetrics(api);
  const more = (labels: Record<string, string>) =>
    after('oversell_http_requests_total', labels) - before('oversell_http_requests_total', labels);
  expect(more({ route: '/api/races/:raceId', method: 'GET', status: '404' })).toBe(2);
  expect(more({ route: 'unknown', status: '404' })).toBe(2);
  expect(more({ route: '/api/create-inventory-key', status: '200' })).toBe(1);
  expect(more({ route: '/metrics', status: '200' })).toBe(1);
  expect(more({})).toBe(6);
});

test('counts viewers, and is none', async ({ api }) => {
  expect((await readMetrics(api))('oversell_viewers')).toBe(0);
  const socket = io(api.url, { transports: ['websocket'] });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  expect((await readMetrics(api))('oversell_viewers')).toBe(1);
  socket.disconnect();
  await expect.poll(async () => (await readMetrics(api))('oversell_viewers')).toBe(0);
});

test('is closed to pages of other sites, links among them, and is only read', async ({ api }) => {
  const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'https://example.com' },
    { 'sec-fetch-site': 'cross-site', ...link },
  ];
  for (const headers of foreign) expect((await api.get('/metrics', { headers })).status).toBe(403);
  expect((await api.get('/metrics', { headers: { 'sec-fetch-site': 'none', ...link } })).status).toBe(200);
  const posted = await api.post('/metrics', {});
  expect(posted.status).toBe(405);
  expect(posted.headers.get('allow')).toBe('GET');
});

databaseTest('answers while PostgreSQL is away', async ({ database }) => {
  const postgres = await openTcpGate(database.url);
  const server = await startTestServer({
    ...serverEnv(database.url),
    DATABASE_URL: postgres.url,
    REDIS_URL: testRedisUrl(),
  });
  onTestFinished(async () => {
    await server.stop();
    await postgres.close();
  });
  await postgres.shut();
  const api = callApi(server);
  expect((await api.get('/api/health')).status).toBe(503);
  expect((await readMetrics(api))('oversell_pool_connections')).toBeGreaterThanOrEqual(0);
});
