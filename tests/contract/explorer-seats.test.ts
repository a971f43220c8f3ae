import { expect, onTestFinished } from 'vitest';
import { openExplorerSeats } from '~/services/explorer-seats.server';
import { databaseTest as test } from '../fixtures/database';
import { openTcpGate } from '../fixtures/tcp-gate';

/** A seat whose connections can be cut off from PostgreSQL, so that it never hears of their end. */
async function openGatedSeat(url: string) {
  const gate = await openTcpGate(url);
  onTestFinished(() => gate.close());
  const seats = await openExplorerSeats(gate.url);
  onTestFinished(() => seats.close());
  const seat = await seats.openSeat();
  onTestFinished(() => seat.close());
  // the first connection is the one that looks on from outside
  return { seat, freeze: () => gate.freeze(1) };
}

test('a killed seat hands out no connection that is dead, even if it has not heard of its end', async ({
  database,
}) => {
  const { seat, freeze } = await openGatedSeat(database.url);
  const before = seat.pids();
  expect(before).toHaveLength(1);

  freeze();
  await seat.kill();

  expect(await seat.db.$queryRaw`select 1 as one`).toEqual([{ one: 1 }]);
  expect(seat.pids()).toHaveLength(1);
  expect(seat.pids()).not.toEqual(before);
});

test('a seat that is killed inside a transaction has both of its connections again', async ({ database }) => {
  const { seat, freeze } = await openGatedSeat(database.url);
  const opened = seat.db.$transaction(async (tx) => {
    await tx.$queryRaw`select 1`;
    freeze();
    await seat.kill();
    return tx.$queryRaw`select 2`;
  });
  await expect(opened).rejects.toThrow();

  const pid = (tx: Pick<typeof seat.db, '$queryRaw'>) =>
    tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const pids = await seat.db.$transaction(async (tx) => [await pid(tx), await pid(seat.db)]);
  expect(pids.flat().map((row) => row.pid)).toEqual(seat.pids());
});
