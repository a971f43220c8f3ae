import type { Strategy } from '@/model/strategy';

/*
 * T1  SET lock NX PX 10              -> granted; reads stock -> 2; stands still until the lease has run out
 * T2  SET lock NX PX 10              -> granted; reads stock -> 2
 * T1  writes stock = 1; DEL lock     deletes the lock of T2
 * T3  SET lock NX PX 10              -> granted, although T2 is still at work; reads stock -> 1
 * T2  writes stock = 1               overwrites T1's write
 * T3  writes stock = 0               three orders for two units
 *
 * Protected: buyers who finish within the lease. Not protected: everybody after one who does not. The value in the
 * lock names no holder, so DEL frees whoever's lock it finds, and one late buyer lets in a second and a third.
 * Hidden cost: it holds in every test that is quick enough, and breaks on the day that the shop is slow.
 */
/** As long as the work takes when nobody else is there: short, so that a holder who dies is not missed. */
const LEASE_MS = 10;
const MAX_TRIES = 60;

/** The braces are a hash tag: every key of an item stays on one node of a cluster. */
const lockKey = (sku: string) => `naive-lock:{${sku}}`;

export default {
  name: 'Redis lock without a token',
  expected: 'unsafe',
  summary:
    'Takes a lock with SET NX PX and frees it with a plain DEL: after its lease has run out it deletes another buyer’s lock.',
  anomaly: 'expired lease',
  price: 'Three round trips to Redis and PostgreSQL in the lock, waiting by polling; and it does not lock.',
  usedBy: ['many first drafts'],
  references: [
    {
      title: 'Redis: Distributed locks (why the value has to be random)',
      url: 'https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/',
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

  async purchase({ db, redis, step, think, backOff }, { sku, quantity, attemptId }) {
    const isGranted = await step('take lock', async () => {
      for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
        const expiration = { type: 'PX', value: LEASE_MS } as const;
        if ((await redis.set(lockKey(sku), 'locked', { condition: 'NX', expiration })) === 'OK') return true;
        await backOff(tries);
      }
      return false;
    });
    if (!isGranted) return { outcome: 'conflict', reason: 'lock not granted in time' };
    try {
      const seen = await step('read stock', () =>
        db.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
      );
      if (!seen) return { outcome: 'unknown-sku' };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      const remaining = seen.stock - quantity;
      await step('write stock', () =>
        db.item.updateMany({ where: { sku }, data: { stock: remaining, version: { increment: 1 } } }),
      );
      const order = await step('insert order', () =>
        db.order.create({
          data: { attemptId, sku, quantity, strategy: 'redis-lock-naive' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining, seen };
    } finally {
      // the sale stands whatever becomes of the lock, which ends by itself
      await step('free lock', () => redis.del(lockKey(sku))).catch(() => undefined);
    }
  },
} satisfies Strategy;
