import type { Strategy } from '@/model/strategy';

/*
 * T1  takes the lock; mints token 1; read stock -> 2; stands still until the lease has run out
 * T2  takes the lock; mints token 2; read stock -> 2
 * T2  writes if accepted < 2 and stock >= 1   -> 1 row; accepted = 2
 * T1  writes if accepted < 1 and stock >= 1   -> 0 rows: a newer holder has written
 *
 * Protected: the lock only keeps buyers apart; the row decides. A holder whose token is older than the last accepted
 * one changes nothing. Were T1 to write first, its token would still be good: so the write checks the stock as well,
 * and takes from what is there instead of writing what it read.
 * Not protected: nothing of the stock. Tokens come from PostgreSQL, since a counter in Redis can go back after a
 * failover.
 * Cost: two round trips to Redis around three to PostgreSQL, and buyers who wait by polling.
 */

/** The braces are a hash tag: every key of an item stays on one node of a cluster. */
const lockKey = (sku: string) => `fenced-lock:{${sku}}`;

interface Written {
  isStale: boolean;
  remaining: number | null;
  version: number | null;
  id: bigint | null;
}

export default {
  name: 'Redis lock with fencing token',
  expected: 'safe',
  summary:
    'Each holder of the lock has a number that rises; the write itself refuses an older one, so a holder past its lease changes nothing.',
  anomaly: 'expired lease',
  price: 'A token to mint on top of the lock; in return a lock that fails costs a conflict, not a unit.',
  usedBy: ['systems that follow Kleppmann'],
  references: [
    {
      title: 'Martin Kleppmann: How to do distributed locking',
      url: 'https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html',
    },
  ],
  idempotent: false,
  stores: ['postgres', 'redis'],
  steps: {
    'take lock': 'redis lock',
    'mint token': 'lock',
    'read stock': 'read',
    think: 'think',
    'fenced write': 'decide',
    'free lock': 'redis unlock',
  },

  storage: {
    store: 'fences',
    truth: 'row',
    async prepare({ db }, { sku }) {
      const fresh = { issued: 0, accepted: 0 };
      await db.fence.upsert({ where: { sku }, create: { sku, ...fresh }, update: fresh });
    },
    /** A fence counts no units: what is left is what the row says. */
    async remaining({ db }, sku) {
      const rows = await db.$queryRaw<{ stock: number }[]>`
        select stock from items join fences using (sku) where sku = ${sku}`;
      return rows[0]?.stock ?? null;
    },
    async clear({ db }, sku) {
      await db.fence.deleteMany({ where: { sku } });
    },
  },

  async purchase({ db, step, think, acquireLock }, { sku, quantity, attemptId }) {
    const lock = await step('take lock', () => acquireLock(lockKey(sku)));
    if (!lock) return { outcome: 'conflict', reason: 'lock not granted in time' };
    try {
      const [fence] = await step('mint token', () =>
        db.fence.updateManyAndReturn({ where: { sku }, data: { issued: { increment: 1 } } }),
      );
      const seen = await step('read stock', () =>
        db.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
      );
      if (!seen) return { outcome: 'unknown-sku' };
      if (!fence) return { outcome: 'error', reason: `${sku} has no fence; create the item again` };
      const token = Number(fence.issued);
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen, token };

      await step('think', think);

      const [row] = await step(
        'fenced write',
        () => db.$queryRaw<Written[]>`
          with fenced as (
            update fences set accepted = ${fence.issued}
            where sku = ${sku} and accepted < ${fence.issued}
            returning sku
          ), taken as (
            update items set stock = stock - ${quantity}, version = version + 1
            from fenced
            where items.sku = fenced.sku and stock >= ${quantity}
            returning stock, version
          ), placed as (
            insert into orders (attempt_id, sku, quantity, strategy)
            select ${attemptId}, ${sku}, ${quantity}, 'redis-lock-fenced' from taken
            returning id
          )
          select fenced.sku is null as "isStale", taken.stock as remaining, taken.version, placed.id
          from items left join fenced on true left join taken on true left join placed on true
          where items.sku = ${sku}`,
      );
      if (row?.isStale) return { outcome: 'conflict', reason: 'a newer holder has written', seen };
      if (!row || row.remaining === null || row.version === null || row.id === null)
        return { outcome: 'sold-out', seen, token };
      return {
        outcome: 'accepted',
        orderId: row.id,
        remaining: row.remaining,
        // what the write replaced, which under an overlong pause is not what was read: both come from the locked row
        seen: { stock: row.remaining + quantity, version: row.version - 1 },
        token,
      };
    } finally {
      // the sale stands whatever becomes of the lock, which ends by itself
      await step('free lock', () => lock.release()).catch(() => undefined);
    }
  },
} satisfies Strategy;
