import type { StrategyResult, PurchaseContext, PurchaseRequest, Strategy } from '@/model/strategy';

/*
 * T1  begin serializable; sum the ledger  -> 1, enough
 * T2  begin serializable; sum the ledger  -> 1, enough
 * T1  append -1; insert order; commit
 * T2  append -1                           -> 40001: each has read what the other wrote over, a cycle
 * T2  rolls back, backs off, sums again   -> 0: sold out
 *
 * Protected: the sum that was checked, though no two buyers write the same row: SERIALIZABLE also remembers what was
 * read, and lets no such cycle commit. Not protected: against transactions at a lower level, which it does not watch.
 * Cost: many transactions fail and start again, the more the longer the sum takes.
 */
const MAX_TRIES = 25;

export default {
  name: 'Ledger at Serializable',
  expected: 'safe',
  summary:
    'An append-only ledger at SERIALIZABLE, which fails one of two buyers who both relied on the same sum, and retries.',
  anomaly: 'write skew',
  price: 'Many transactions are wasted; reading costs more with every sale until the ledger is compacted.',
  usedBy: [],
  references: [
    {
      title: 'PostgreSQL: Serializable Isolation Level',
      url: 'https://www.postgresql.org/docs/18/transaction-iso.html#XACT-SERIALIZABLE',
    },
    { title: 'Serializable Snapshot Isolation in PostgreSQL', url: 'https://arxiv.org/abs/1208.4179' },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: {
    'sum ledger': 'read',
    think: 'think',
    'append entry': 'write',
    'insert order': 'order',
    'back off': 'retry',
  },

  storage: {
    store: 'ledger',
    truth: 'own',
    async prepare({ db }, { sku, stock }) {
      await db.$transaction([
        db.ledgerEntry.deleteMany({ where: { sku } }),
        db.ledgerEntry.create({ data: { sku, delta: stock, attemptId: 'opening stock' } }),
      ]);
    },
    async remaining({ db }, sku) {
      const { _sum } = await db.ledgerEntry.aggregate({ where: { sku }, _sum: { delta: true } });
      return _sum.delta;
    },
    async clear({ db }, sku) {
      await db.ledgerEntry.deleteMany({ where: { sku } });
    },
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
      const { _sum } = await step('sum ledger', () =>
        tx.ledgerEntry.aggregate({ where: { sku }, _sum: { delta: true } }),
      );
      if (_sum.delta === null) return { outcome: 'unknown-sku' };
      const seen = { stock: _sum.delta };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      await step('append entry', () => tx.ledgerEntry.create({ data: { sku, delta: -quantity, attemptId } }));
      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'ledger-serializable' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining: seen.stock - quantity, seen };
    },
    { isolationLevel: 'Serializable' },
  );
}
