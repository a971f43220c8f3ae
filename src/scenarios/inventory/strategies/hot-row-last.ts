import type { StrategyResult, Strategy } from '@/model/strategy';

/*
 * T1  begin; insert order                                -> done, nobody in the way
 * T2  begin; insert order                                -> done
 * T1  update … set stock = stock - 1 where stock >= 1    -> 0, row locked
 * T2  update … set stock = stock - 1 where stock >= 1    waits for T1's row lock
 * T1  commit
 * T2  re-checks its condition on the row as T1 left it   -> no row: rolls its order back, sold out
 *
 * Protected: check and decrement are one statement, and the order stands only if it matched. Not protected: nothing
 * of this row. All that can be done without the row comes before it, so its lock lasts for one statement and a commit.
 * Cost: an order written and rolled back for each buyer who comes too late.
 */

/** Undoes the transaction and carries the answer out of it. */
class RolledBack extends Error {
  constructor(readonly decision: StrategyResult) {
    super('rolled back');
  }
}

export default {
  name: 'Hot row last',
  expected: 'safe',
  summary:
    'Does everything else first and the guarded decrement last, so that the contended row is locked as briefly as possible.',
  anomaly: 'lost update',
  price:
    'Buyers of one item queue for one statement and a commit; each sold-out answer costs an order rolled back.',
  usedBy: [],
  references: [
    {
      title: 'PostgreSQL: Read Committed Isolation Level',
      url: 'https://www.postgresql.org/docs/18/transaction-iso.html#XACT-READ-COMMITTED',
    },
    {
      title: 'PostgreSQL: Row-Level Locks',
      url: 'https://www.postgresql.org/docs/18/explicit-locking.html#LOCKING-ROWS',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'insert order': 'order', 'guarded update': 'decide' },

  async purchase({ step, transaction }, { sku, quantity, attemptId }): Promise<StrategyResult> {
    const sell = transaction(async (tx): Promise<StrategyResult> => {
      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'hot-row-last' },
          select: { id: true },
        }),
      );
      const [row] = await step(
        'guarded update',
        // `items` in the outer query is read at the statement's start: it tells an unknown sku from a sold-out one
        () => tx.$queryRaw<{ remaining: number | null; version: number | null }[]>`
          with taken as (
            update items set stock = stock - ${quantity}, version = version + 1
            where sku = ${sku} and stock >= ${quantity}
            returning stock, version
          )
          select taken.stock as remaining, taken.version from items left join taken on true
          where items.sku = ${sku}`,
      );
      if (!row) throw new RolledBack({ outcome: 'unknown-sku' });
      if (row.remaining === null || row.version === null) throw new RolledBack({ outcome: 'sold-out' });
      const seen = { stock: row.remaining + quantity, version: row.version - 1 };
      return { outcome: 'accepted', orderId: order.id, remaining: row.remaining, seen };
    });
    return sell.catch((error: unknown) => {
      if (error instanceof RolledBack) return error.decision;
      throw error;
    });
  },
} satisfies Strategy;
