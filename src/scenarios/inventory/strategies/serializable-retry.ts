import type { StrategyResult, PurchaseContext, PurchaseRequest, Strategy } from '@/model/strategy';

/*
 * T1  begin serializable; read stock     -> 1, enough
 * T2  begin serializable; read stock     -> 1, enough
 * T1  write stock = 1 - 1; insert order; commit
 * T2  write stock = 1 - 1                -> 40001: no serial order would let both have read 1
 * T2  rolls back, backs off, reads again -> 0: sold out
 *
 * Protected: everything read and written, whatever rows it was in: what commits is as if run one by one (serializable
 * snapshot isolation). Not protected: against transactions at a lower level, which SSI does not watch.
 * Cost: under contention most transactions fail and start again from nothing; every read is tracked, and on small
 * tables by the page, so that buyers of other items can fail each other too.
 */
const MAX_TRIES = 25;

export default {
  name: 'Serializable with retry',
  expected: 'safe',
  summary:
    'Reads and writes as if alone; PostgreSQL fails one of two transactions that no serial order explains, and it retries.',
  anomaly: 'lost update',
  price:
    'Most transactions of a contended item are wasted, and all that touch the stock have to be serializable.',
  usedBy: ['Medusa (issue 3556)'],
  references: [
    {
      title: 'PostgreSQL: Serializable Isolation Level',
      url: 'https://www.postgresql.org/docs/18/transaction-iso.html#XACT-SERIALIZABLE',
    },
    { title: 'Serializable Snapshot Isolation in PostgreSQL', url: 'https://arxiv.org/abs/1208.4179' },
    { title: 'Medusa, issue 3556', url: 'https://github.com/medusajs/medusa/issues/3556' },
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
          data: { attemptId, sku, quantity, strategy: 'serializable-retry' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining, seen };
    },
    { isolationLevel: 'Serializable' },
  );
}
