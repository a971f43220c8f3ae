import { expect, onTestFinished } from 'vitest';
import { openExplorerSessions } from '@/services/postgres/explorer-sessions';
import { holdInstanceLease } from '@/services/postgres/instance-lease';
import { ObservedPool } from '@/services/postgres/observed-pool';
import { createPgClient, openAll, PgPool } from '@/services/postgres/pg-connections';
import { databaseTest as test } from '../fixtures/database/database';
import { openTcpGate } from '../fixtures/database/tcp-gate';
import type { TestDatabase } from '../fixtures/database/test-database';

/** Collects what would have ended the process. */
function hearCrashes(): unknown[] {
  const crashes: unknown[] = [];
  const hear = (error: unknown) => void crashes.push(error);
  process.on('uncaughtException', hear);
  onTestFinished(() => void process.off('uncaughtException', hear));
  return crashes;
}

/** Ends the sessions of an application, and resolves when PostgreSQL has let go of them. */
async function terminate(database: TestDatabase, application: string): Promise<void> {
  await database.query(
    `select pg_terminate_backend(pid, 10000) from pg_stat_activity
     where datname = current_database() and application_name = $1`,
    [application],
  );
}

test.for([{ Pool: PgPool }, { Pool: ObservedPool }])(
  'an answer and the end of its connection in one read: the next user fails and the process goes on, 20 of 20 ($Pool.name)',
  async ({ Pool }, { database }) => {
    const crashes = hearCrashes();
    for (let round = 1; round <= 20; round += 1) {
      const gate = await openTcpGate(database.url);
      const name = `lost ${round}`;
      const pool = new Pool({ connectionString: gate.url, application_name: name, max: 1 });
      await pool.query('select 1');

      const gathered = gate.gather();
      const first = pool.query<{ n: number }>('select 1 as n');
      // gets the connection in the very read that brings its end
      const second = pool.connect();
      await gathered;
      await terminate(database, name);

      expect((await first).rows).toEqual([{ n: 1 }]);
      const client = await second;
      await expect(client.query('select 2')).rejects.toThrow(/not queryable|Connection terminated/);
      client.release();
      expect((await pool.query('select 3 as n')).rows).toEqual([{ n: 3 }]);
      await pool.end();
      await gate.close();
    }
    expect(crashes).toEqual([]);
  },
);

test('a lease whose connection ends is taken again', async ({ database }) => {
  const crashes = hearCrashes();
  const gate = await openTcpGate(database.url);
  onTestFinished(() => gate.close());
  const lease = await holdInstanceLease(gate.url);
  onTestFinished(() => lease.close());
  const holders = async () => {
    const [row] = await database.query(
      `select count(*)::int as n from pg_locks where locktype = 'advisory' and objid = $1::bigint::oid and granted`,
      [lease.key],
    );
    return row?.n;
  };
  expect(await holders()).toBe(1);

  await terminate(database, 'oversell lease');

  await expect.poll(holders).toBe(1);
  expect(crashes).toEqual([]);
});

test('connections of every kind that end while they are idle end nothing else', async ({ database }) => {
  const crashes = hearCrashes();
  const name = 'idle';
  const pool = new PgPool({ connectionString: database.url, application_name: name, max: 2 });
  const held = await pool.connect();
  const client = createPgClient({ connectionString: database.url, application_name: name });
  await client.connect();
  const sessions = await openExplorerSessions(database.url);
  await sessions.monitor.version();
  const session = await sessions.openSession();
  const ended = [held, client].map((open) => new Promise((resolve) => open.once('end', resolve)));

  for (const application of [name, 'oversell explorer', 'oversell explored attempt']) {
    await terminate(database, application);
  }
  await Promise.all(ended);

  held.release();
  expect(await sessions.monitor.version()).toMatch(/^\d+/);
  await Promise.all([pool.end(), client.end(), session.close()]);
  await sessions.close();
  expect(crashes).toEqual([]);
});

test('a pool that is opened has all its connections, those that were lost included', async ({ database }) => {
  const name = 'opened';
  const pool = new PgPool({
    connectionString: database.url,
    application_name: name,
    max: 3,
    idleTimeoutMillis: 0,
  });
  onTestFinished(() => pool.end());
  const count = async () => {
    const [row] = await database.query(
      'select count(*)::int as open from pg_stat_activity where datname = current_database() and application_name = $1',
      [name],
    );
    return row?.open;
  };
  await openAll(pool);
  expect([await count(), pool.idleCount]).toEqual([3, 3]);
  await terminate(database, name);
  await expect.poll(() => pool.totalCount).toBe(0);
  await openAll(pool);
  expect([await count(), pool.idleCount]).toEqual([3, 3]);
});
