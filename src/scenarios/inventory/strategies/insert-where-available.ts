import type { Strategy, StorageDeps } from '@/model/strategy';

/*
 * T1  begin; lock item, insert hold where stock - holds >= 1   -> 1 left: held
 * T2  begin; lock item, insert hold where stock - holds >= 1   waits for the row, its snapshot already taken
 * T1  insert order; commit
 * T2  has the row, counts holds by its old snapshot            -> 1 left: held as well
 * T2  insert order; commit                                     two orders for one unit
 *
 * Protected: on MySQL, where a locking read sees what was committed last, the statement is right as it stands. Not
 * protected: on PostgreSQL, where the subquery goes on reading the snapshot of before the wait, and the item's row,
 * which nobody changes, gives no cause to read again. It holds if the lock was taken in an earlier statement.
 * Cost: buyers of one item queue on its row until commit, and each counts all its holds.
 */
export default {
  name: 'Insert a hold where available',
  expected: 'conditional',
  summary:
    'One statement locks the item, counts its holds and inserts another; on PostgreSQL the count is older than the lock.',
  anomaly: 'stale snapshot',
  condition: 'every buyer of the item has taken its lock in an earlier statement of the same transaction',
  conditionHolds: false,
  price:
    'Buyers of one item queue on its row and count all its holds; as it stands, it oversells on PostgreSQL.',
  usedBy: ['WooCommerce ReserveStock, on MySQL'],
  references: [
    {
      title: 'PostgreSQL: Read Committed Isolation Level',
      url: 'https://www.postgresql.org/docs/18/transaction-iso.html#XACT-READ-COMMITTED',
    },
    {
      title: 'MySQL: Locking Reads',
      url: 'https://dev.mysql.com/doc/refman/8.4/en/innodb-locking-reads.html',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'hold where available': 'decide', 'insert order': 'order' },

  storage: {
    store: 'holds',
    truth: 'own',
    prepare: deleteHolds,
    async remaining({ db }, sku) {
      const [item] = await db.$queryRaw<{ available: number }[]>`
        select (stock - coalesce((select sum(quantity) from holds where holds.sku = items.sku), 0))::int
          as available
        from items where sku = ${sku}`;
      return item?.available ?? null;
    },
    clear: (deps, sku) => deleteHolds(deps, { sku }),
  },

  async purchase({ step, transaction }, { sku, quantity, attemptId }) {
    return transaction(async (tx) => {
      const [row] = await step(
        'hold where available',
        () => tx.$queryRaw<{ stock: number; hold: bigint | null }[]>`
          with available as (
            select (stock - coalesce((select sum(quantity) from holds where holds.sku = items.sku), 0))::int as stock
            from items where sku = ${sku}
            for update
          ), held as (
            insert into holds (sku, quantity, attempt_id)
            select ${sku}, ${quantity}, ${attemptId} from available where stock >= ${quantity}
            returning id
          )
          select available.stock, held.id as hold from available left join held on true`,
      );
      if (!row) return { outcome: 'unknown-sku' };
      const seen = { stock: row.stock };
      if (row.hold === null) return { outcome: 'sold-out', remaining: seen.stock, seen };

      const order = await step('insert order', () =>
        tx.order.create({
          data: { attemptId, sku, quantity, strategy: 'insert-where-available' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining: seen.stock - quantity, seen };
    });
  },
} satisfies Strategy;

async function deleteHolds({ db }: StorageDeps, { sku }: { sku: string }): Promise<void> {
  await db.hold.deleteMany({ where: { sku } });
}
