import { expect, onTestFinished } from 'vitest';
import type { RaceView } from '@/model/race';
import { databaseTest as test } from '../fixtures/database/database';
import type { TestDatabase } from '../fixtures/database/database';
import { startTestServer } from '../fixtures/server/server';
import { callApi, serverEnv } from '../fixtures/server/server-test';
import type { Api } from '../fixtures/server/server-test';
import { openTcpGate } from '../fixtures/database/tcp-gate';
import type { TcpGate } from '../fixtures/database/tcp-gate';

/** Lasts for longer than a test looks at it, after a short warm-up. */
const LONG = {
  strategies: ['conditional-update'],
  stock: 100,
  attempts: 100,
  concurrency: 2,
  thinkMs: 1_000,
};
const THREE = ['conditional-update', 'read-then-write', 'unit-rows-skip-locked'];

async function openGatedServer(databaseUrl: string): Promise<{ api: Api; postgres: TcpGate }> {
  const postgres = await openTcpGate(databaseUrl);
  const server = await startTestServer({ ...serverEnv(databaseUrl), DATABASE_URL: postgres.url });
  onTestFinished(async () => {
    await server.stop();
    await postgres.close();
  });
  return { api: callApi(server), postgres };
}

/** Counts of every lane of a race, as stored, and attempts that its log holds. */
async function readCounts(database: TestDatabase, id: string) {
  const rows = await database.query(
    `select lanes.index, (result->'counts'->>'attempts')::int as counted,
       (result->'honesty'->>'stored')::int as stored, coalesce(sum(count), 0)::int as logged
     from lanes left join event_batches on event_batches.race_id = lanes.race_id and lane_index = index
     where lanes.race_id = $1 group by lanes.index, result order by index`,
    [id],
  );
  return rows as { index: number; counted: number; stored: number; logged: number }[];
}

async function whenStored(database: TestDatabase, id: string): Promise<void> {
  const status = async () =>
    (await database.query('select status from races where id = $1', [id]))[0]?.status;
  await expect.poll(status).toMatch(/finished|failed|aborted/);
}

test(
  'a race whose every connection is ended goes on, and is judged by all that it recorded',
  { tags: 'long' },
  async ({ database }) => {
    const { api, postgres } = await openGatedServer(database.url);
    const id = await api.startRace({ ...LONG, attempts: 200, concurrency: 10, thinkMs: 50 });
    await api.whenRecorded(id);

    postgres.reset();
    const race = await api.whenOver(id);

    expect(race).toMatchObject({ status: 'finished', reason: null });
    expect(race.lanes[0]?.status).toBe('finished');
    expect(race.lanes[0]?.honesty).toEqual({ generated: 200, recorded: 200, stored: 200 });
    expect(await readCounts(database, id)).toEqual([{ index: 0, counted: 200, stored: 200, logged: 200 }]);
  },
);

test('lanes that run at once and lose PostgreSQL: one statement of failure, soon, and counts that are those of the log', async ({
  database,
}) => {
  const { api, postgres } = await openGatedServer(database.url);
  const id = await api.startRace({ ...LONG, strategies: THREE, order: 'parallel' });
  await api.whenRecorded(id);

  await postgres.shut();
  const lostAt = performance.now();
  const race = await api.whenOver(id);
  const tookMs = performance.now() - lostAt;
  expect(race).toMatchObject({
    status: 'failed',
    reason: expect.stringMatching(/^PostgreSQL was lost during the race: [^\n]+\.$/) as string,
  });
  // three probes, 500 ms apart, each of which may take five seconds
  expect(tookMs).toBeLessThan(15_000);

  await postgres.open();
  await whenStored(database, id);
  const counts = await readCounts(database, id);
  expect(counts.some(({ counted }) => counted > 0)).toBe(true);
  for (const lane of counts) expect(lane).toMatchObject({ counted: lane.logged, stored: lane.logged });
  const stored = (await (await api.get(`/api/races/${id}`)).json()) as RaceView;
  expect(stored.lanes.map(({ verdict }) => verdict.reason)).toEqual(
    THREE.map(() => 'Not judged: the race failed.'),
  );
});
