import type { StrategyResult, PurchaseContext, PurchaseRequest, Strategy } from '@/model/strategy';

/*
 * T1  begin repeatable read; read stock  -> 1, enough
 * T2  begin repeatable read; read stock  -> 1, enough
 * T1  write stock = 1 - 1; insert order; commit
 * T2  write stock = 1 - 1                -> 40001: the row has changed since the snapshot
 * T2  rolls back, backs off, reads again -> 0: sold out
 *
 * Protected: a row that two buyers both write, because the first of them wins (first updater wins). Not protected: a
 * decision based on rows that others write: were sales kept as rows of their own, two would fit into one unit.
 * Cost: under contention most transactions fail and start again from nothing.
 */
const MAX_TRIES = 25;

export default {
  name: 'Repeatable Read with retry',
  expected: 'conditional',
  summary:
    'Reads and writes in one snapshot; PostgreSQL refuses to overwrite a row that has changed since, and it tries again.',
  anomaly: 'write skew',
  condition: 'all buyers of an item write the same row',
  conditionHolds: true,
  price: 'Most transactions of a contended item are wasted, and a slow buyer may lose every round.',
  usedBy: ['Odoo'],
  references: [
    {
      title: 'PostgreSQL: Repeatable Read Isolation Level',
      url: 'https://www.postgresql.org/docs/18/transaction-iso.html#XACT-REPEATABLE-READ',
    },
    {
      title: 'PostgreSQL: Serialization Failure Handling',
      url: 'https://www.postgresql.org/docs/18/mvcc-serialization-failure-handling.html',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: {
    'read stock': 'read',
    think: 'think',
    'write stock': 'write',
    'insert order': 'order',
    'back off': 'retry',
  },

  async purchase(context, request) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await tryOnce(context, request);
      } catch (error) {
        if (!context.isRetryable(error)) throw error;
        if (tries === MAX_TRIES)
          return { outcome: 'conflict', reason: `could not serialize in ${MAX_TRIES} tries` };
        await context.step('back off', () => context.backOff(tries));
      }
    }
  },
} satisfies Strategy;

function tryOnce(
  { step, think, transaction }: PurchaseContext,
  { sku, quantity, attemptId }: PurchaseRequest,
): Promise<StrategyResult> {
  return transaction(
    async (tx) => {
      const seen = await step('read stock', () =>
        tx.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
      );
      if (!seen) return { outcome: 'unknown-sku' };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      const remaining = seen.stock - quantity;
      await step('write stock', () =>
        tx.item.updateMany({ where: { sku }, data: { stock: remaining, version: { increment: 1 } } }),
      );
      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'repeatable-read-retry' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining, seen };
    },
    { isolationLevel: 'RepeatableRead' },
  );
}
