import { expect, onTestFinished } from 'vitest';
import { createPgClient } from '@/services/postgres/pg-connections';
import { ownServerTest as test } from '../fixtures/server/server-test';

/** The lab's connections whose statements wait for a lock, by name. */
const WAITING = `
  select distinct application_name as name from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and application_name ~ '^oversell (probes|samples)'`;

test('another client that locks the items table does not keep the probes of a race waiting', async ({
  api,
  database,
}) => {
  const id = await api.startRace({
    strategies: ['conditional-update', 'select-for-update'],
    order: 'parallel',
    stock: 0,
    durationS: 600,
    concurrency: 2,
  });
  await api.whenRecorded(id);
  const client = createPgClient({ connectionString: database.url });
  await client.connect();
  onTestFinished(async () => client.end());

  await client.query('begin');
  await client.query('lock table items');

  // the stock of a running lane is sampled again and again, so a sample comes to wait
  await expect.poll(() => database.query(WAITING)).toEqual([{ name: 'oversell samples' }]);
  await client.query('rollback');
  await api.post(`/api/races/${id}/stop`);
  expect((await api.whenOver(id)).status).toBe('aborted');
});
