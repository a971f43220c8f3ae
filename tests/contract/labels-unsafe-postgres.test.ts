import { describe, expect } from 'vitest';
import { atIsolation } from '../fixtures/shop/mutate';
import { shopTest as test } from '../fixtures/shop/shop';
import { bothBefore } from '../fixtures/shop/two-buyers';
import type { Schedule } from '../fixtures/shop/two-buyers';

/**
 * Two buyers, one unit, and the schedule of the file's opening comment, which sells the unit twice. `left` is what
 * the second is told and what the store says: 0 where an update was lost, -1 where nothing was, and it shows.
 */
const cases: { id: string; schedule: Schedule; how: string; left: number }[] = [
  {
    id: 'transaction-read-committed',
    schedule: bothBefore('write stock'),
    how: 'both have read before either writes, and the transaction does not mind',
    left: 0,
  },
  {
    id: 'advisory-lock-one-statement',
    schedule: bothBefore('write stock'),
    how: 'the second waits for the lock and then reads by the snapshot of before',
    left: 0,
  },
  {
    id: 'advisory-lock-repeatable-read',
    schedule: bothBefore('insert hold'),
    how: 'the second waits for the lock in a transaction whose snapshot is fixed',
    left: -1,
  },
  {
    id: 'advisory-lock-early-unlock',
    schedule: bothBefore('commit'),
    how: 'the second gets the lock while the first has not committed',
    left: 0,
  },
  {
    id: 'append-ledger',
    schedule: bothBefore('append entry'),
    how: 'both have summed before either appends, and their rows do not meet',
    left: -1,
  },
];

describe.each(cases)('$id', ({ id, schedule, how, left }) => {
  test(`sells one unit twice: ${how}`, async ({ shop }) => {
    const result = await schedule(shop, shop.strategy(id));

    expect(result).toMatchObject({
      t1: { outcome: 'accepted', remaining: 0, seen: { stock: 1 } },
      t2: { outcome: 'accepted', remaining: 0, seen: { stock: 1 } },
      stock: left,
      orders: ['t1', 't2'],
    });
  });
});

describe('advisory-lock-early-unlock', () => {
  test('gives its lock back when it fails, though the lock belongs to the session', async ({ shop }) => {
    const strategy = shop.strategy('advisory-lock-early-unlock');
    const sku = await shop.createItem(strategy, 2);
    const holder = shop.step(shop.strategy('select-for-update'), sku, 'holder');
    await holder.runUntil('write stock');
    const failing = shop.step(strategy, sku, 't1').finish();
    await shop.waitUntilBlocked(failing);

    await shop.db.$queryRaw`
      select pg_cancel_backend(pid) from pg_stat_activity
      where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;

    expect(await failing).toMatchObject({ outcome: 'conflict', code: '57014' });
    const advisoryLocks = await shop.db.$queryRaw<unknown[]>`
      select pid from pg_locks join pg_database on pg_database.oid = pg_locks.database
      where locktype = 'advisory' and datname = current_database()`;
    expect(advisoryLocks).toEqual([]);
    expect(await holder.finish()).toMatchObject({ outcome: 'accepted', remaining: 1 });
  });
});

describe('advisory-lock-repeatable-read', () => {
  test('would be refused, and sell once, if all wrote one row instead of holds', async ({ shop }) => {
    const onOneRow = atIsolation('RepeatableRead')(shop.strategy('advisory-xact-lock'));

    expect(await bothBefore('write stock')(shop, onOneRow)).toMatchObject({
      t1: { outcome: 'accepted', remaining: 0 },
      t2: { outcome: 'conflict', code: '40001' },
      stock: 0,
      orders: ['t1'],
    });
  });
});
