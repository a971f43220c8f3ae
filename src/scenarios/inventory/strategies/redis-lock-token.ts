import type { Strategy } from '@/model/strategy';

/*
 * T1  takes the lock under a random token   -> granted, renewed at a third of its lease
 * T2  takes the lock                        waits
 * T1  read stock -> 1; write stock = 0; insert order; deletes the lock if its token is still in it
 * T2  granted; read stock -> 0: sold out
 *
 * Protected: another holder's lock, which nobody else can delete, and a slow holder's own, which is renewed.
 * Not protected: a holder who stands still past the lease (a long garbage collection, a paused machine, a lost
 * network) cannot renew either. Asking for `isLost` narrows the gap before the write and cannot close it; closing
 * it takes a fencing token that the database checks.
 * Cost: two round trips to Redis around three to PostgreSQL, and buyers who wait by polling.
 */

/** The braces are a hash tag: every key of an item stays on one node of a cluster. */
const lockKey = (sku: string) => `token-lock:{${sku}}`;

export default {
  name: 'Redis lock with token',
  expected: 'conditional',
  summary:
    'A lock in Redis under a random token, renewed while it is held and deleted only by its holder: one buyer at a time, by the clock.',
  anomaly: 'expired lease',
  condition: 'no holder stands still for longer than its lease',
  conditionHolds: true,
  price: 'Two round trips to Redis around three to PostgreSQL, one buyer at a time, waiting by polling.',
  usedBy: ['node-redlock', 'redis-semaphore'],
  references: [
    {
      title: 'Redis: Distributed locks',
      url: 'https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/',
    },
    {
      title: 'Martin Kleppmann: How to do distributed locking',
      url: 'https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html',
    },
  ],
  idempotent: false,
  stores: ['postgres', 'redis'],
  steps: {
    'take lock': 'redis lock',
    'read stock': 'read',
    think: 'think',
    'write stock': 'write',
    'insert order': 'order',
    'free lock': 'redis unlock',
  },

  async purchase({ db, step, think, acquireLock }, { sku, quantity, attemptId }) {
    const lock = await step('take lock', () => acquireLock(lockKey(sku)));
    if (!lock) return { outcome: 'conflict', reason: 'lock not granted in time' };
    try {
      const seen = await step('read stock', () =>
        db.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
      );
      if (!seen) return { outcome: 'unknown-sku' };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      if (lock.isLost()) return { outcome: 'conflict', reason: 'the lock was lost before writing', seen };
      const remaining = seen.stock - quantity;
      await step('write stock', () =>
        db.item.updateMany({ where: { sku }, data: { stock: remaining, version: { increment: 1 } } }),
      );
      const order = await step('insert order', () =>
        db.order.create({
          data: { attemptId, sku, quantity, strategy: 'redis-lock-token' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining, seen };
    } finally {
      // the sale stands whatever becomes of the lock, which ends by itself
      await step('free lock', () => lock.release()).catch(() => undefined);
    }
  },
} satisfies Strategy;
