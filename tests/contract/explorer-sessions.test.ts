import { expect, onTestFinished } from 'vitest';
import { openExplorerSessions } from '@/services/postgres/explorer-sessions';
import { databaseTest as test } from '../fixtures/database/database';
import { openTcpGate } from '../fixtures/database/tcp-gate';

/** A session whose connections can be cut off from PostgreSQL, so that it never hears of their end. */
async function openGatedSeat(url: string) {
  const gate = await openTcpGate(url);
  onTestFinished(() => gate.close());
  const sessions = await openExplorerSessions(gate.url);
  onTestFinished(() => sessions.close());
  const session = await sessions.openSession();
  onTestFinished(() => session.close());
  // the first connection is the one that looks on from outside
  return { session, freeze: () => gate.freeze(1) };
}

test('a killed session hands out no connection that is dead, even if it has not heard of its end', async ({
  database,
}) => {
  const { session, freeze } = await openGatedSeat(database.url);
  const before = session.pids();
  expect(before).toHaveLength(1);

  freeze();
  await session.kill();

  expect(await session.db.$queryRaw`select 1 as one`).toEqual([{ one: 1 }]);
  expect(session.pids()).toHaveLength(1);
  expect(session.pids()).not.toEqual(before);
});

test('a session that is killed inside a transaction has both of its connections again', async ({
  database,
}) => {
  const { session, freeze } = await openGatedSeat(database.url);
  const opened = session.db.$transaction(async (tx) => {
    await tx.$queryRaw`select 1`;
    freeze();
    await session.kill();
    return tx.$queryRaw`select 2`;
  });
  await expect(opened).rejects.toThrow();

  const pid = (tx: Pick<typeof session.db, '$queryRaw'>) =>
    tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const pids = await session.db.$transaction(async (tx) => [await pid(tx), await pid(session.db)]);
  expect(pids.flat().map((row) => row.pid)).toEqual(session.pids());
});
