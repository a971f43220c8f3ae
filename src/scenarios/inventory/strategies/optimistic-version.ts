import type { StrategyResult, Strategy } from '@/model/strategy';

/*
 * T1  read stock, version                         -> 1, v7
 * T2  read stock, version                         -> 1, v7
 * T1  update … set version = 8 where version = 7  -> 1 row
 * T2  update … set version = 8 where version = 7  -> 0 rows: somebody was faster
 * T2  backs off, reads again                      -> 0, v8: sold out
 *
 * Protected: a write happens only if the row is still the one that was read (optimistic concurrency control).
 * Not protected: fairness; a slow buyer can lose every round (starvation).
 * Cost: nobody waits for a lock, but under contention most tries are wasted and must be repeated.
 */
const MAX_TRIES = 25;

export default {
  name: 'Optimistic version check',
  expected: 'safe',
  summary: 'Writes only if the version is still the one it read, otherwise backs off and tries again.',
  anomaly: 'lost update',
  price: 'Under contention most tries are wasted, and a slow buyer may lose every round.',
  usedBy: ['Prisma guides', 'JPA @Version', 'Rails lock_version'],
  references: [
    {
      title: 'Prisma: Optimistic concurrency control',
      url: 'https://www.prisma.io/docs/orm/prisma-client/queries/transactions#optimistic-concurrency-control',
    },
    { title: 'On Optimistic Methods for Concurrency Control', url: 'https://doi.org/10.1145/319566.319567' },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'read version': 'read', think: 'think', 'write if unchanged': 'write', 'back off': 'retry' },

  async purchase({ db, step, think, backOff }, { sku, quantity, attemptId }): Promise<StrategyResult> {
    for (let tries = 1; ; tries += 1) {
      const seen = await step('read version', () =>
        db.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
      );
      if (!seen) return { outcome: 'unknown-sku' };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      const rows = await step(
        'write if unchanged',
        () => db.$queryRaw<{ remaining: number; id: bigint }[]>`
          with taken as (
            update items set stock = stock - ${quantity}, version = version + 1
            where sku = ${sku} and version = ${seen.version} and stock >= ${quantity}
            returning stock
          ), placed as (
            insert into orders (attempt_id, sku, quantity, strategy)
            select ${attemptId}, ${sku}, ${quantity}, 'optimistic-version' from taken
            returning id
          )
          select taken.stock as remaining, placed.id from taken, placed`,
      );
      const row = rows[0];
      if (row) return { outcome: 'accepted', orderId: row.id, remaining: row.remaining, seen };
      if (tries === MAX_TRIES)
        return { outcome: 'conflict', reason: `lost ${MAX_TRIES} version checks`, seen };
      await step('back off', () => backOff(tries));
    }
  },
} satisfies Strategy;
