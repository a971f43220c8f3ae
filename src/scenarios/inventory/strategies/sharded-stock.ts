import type { PurchaseContext, PurchaseRequest, Strategy } from '@/model/strategy';

/*
 * T1  guarded update of bucket 3    -> 1 row: sold
 * T2  guarded update of bucket 11   -> 1 row: sold, without waiting for T1
 * T3  guarded update of bucket 3    -> 0 rows: too few in this one
 * T3  adds up all buckets           -> 2, enough
 * T3  begin; locks all buckets in their order; takes what it wants from one or several; insert order; commit
 *
 * Protected: each bucket by its guard; the sweep by locks on all of them, always in the same order, so that two
 * sweeps cannot deadlock. "Sold out" is said of one snapshot of all buckets, never of one bucket.
 * Not protected: nothing of the stock. What is left is known only by adding up.
 * Cost: sixteen rows an item; the last units, and purchases larger than a bucket, pay for the sweep.
 */
const BUCKETS = 16;

type Sale = Pick<PurchaseContext, 'db' | 'step' | 'transaction' | 'pick'> & PurchaseRequest;

/** The way of nearly every purchase: one bucket, one statement. */
async function takeFromOne({ db, step, pick, sku, quantity, attemptId }: Sale): Promise<bigint | undefined> {
  const bucket = pick(BUCKETS);
  const rows = await step(
    'take from one bucket',
    () => db.$queryRaw<{ id: bigint }[]>`
      with taken as (
        update stock_buckets set stock = stock - ${quantity}
        where sku = ${sku} and bucket = ${bucket} and stock >= ${quantity}
        returning bucket
      )
      insert into orders (attempt_id, sku, quantity, strategy)
      select ${attemptId}, ${sku}, ${quantity}, 'sharded-stock' from taken
      returning id`,
  );
  return rows[0]?.id;
}

/** Takes from as many buckets as it needs; `undefined` when all of them together hold too few. */
function takeFromSeveral({ step, transaction, ...request }: Sale): Promise<bigint | undefined> {
  const { sku, quantity, attemptId } = request;
  return transaction(async (tx) => {
    const buckets = await step(
      'lock buckets',
      () => tx.$queryRaw<{ bucket: number; stock: number }[]>`
        select bucket, stock from stock_buckets where sku = ${sku} order by bucket for update`,
    );
    let missing = quantity;
    const shares = buckets.flatMap(({ bucket, stock }) => {
      const share = Math.min(stock, missing);
      missing -= share;
      return share > 0 ? [{ bucket, share }] : [];
    });
    if (missing > 0) return undefined;

    const from = shares.map(({ bucket }) => bucket);
    const units = shares.map(({ share }) => share);
    await step(
      'take from buckets',
      () => tx.$executeRaw`
        update stock_buckets b set stock = b.stock - s.share
        from unnest(${from}::int[], ${units}::int[]) as s (bucket, share)
        where b.sku = ${sku} and b.bucket = s.bucket`,
    );
    const data = { attemptId, sku, quantity, strategy: 'sharded-stock' };
    const order = await step('insert order', () => tx.order.create({ data, select: { id: true } }));
    return order.id;
  });
}

export default {
  name: 'Stock in buckets',
  expected: 'safe',
  summary:
    'Splits the stock over sixteen rows and guards each: buyers meet on different rows, and only a sweep of all may say sold out.',
  anomaly: 'lost update',
  price: 'Sixteen rows an item; the last units and large quantities pay for a sweep that locks them all.',
  usedBy: ['counters at scale'],
  references: [
    {
      title: 'PostgreSQL: Deadlocks (locks in a consistent order)',
      url: 'https://www.postgresql.org/docs/18/explicit-locking.html#LOCKING-DEADLOCKS',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: {
    'take from one bucket': 'decide',
    'add up buckets': 'read',
    'lock buckets': 'lock',
    'take from buckets': 'write',
    'insert order': 'order',
  },

  storage: {
    store: 'buckets',
    truth: 'own',
    async prepare({ db }, { sku, stock }) {
      const data = Array.from({ length: BUCKETS }, (_, bucket) => ({
        sku,
        bucket,
        stock: Math.floor(stock / BUCKETS) + (bucket < stock % BUCKETS ? 1 : 0),
      }));
      await db.$transaction([
        db.stockBucket.deleteMany({ where: { sku } }),
        db.stockBucket.createMany({ data }),
      ]);
    },
    async remaining({ db }, sku) {
      return (await db.stockBucket.aggregate({ where: { sku }, _sum: { stock: true } }))._sum.stock;
    },
    async clear({ db }, sku) {
      await db.stockBucket.deleteMany({ where: { sku } });
    },
  },

  async purchase({ db, step, transaction, pick }, request) {
    const { sku, quantity } = request;
    const sale = { db, step, transaction, pick, ...request };
    const orderId = await takeFromOne(sale);
    if (orderId !== undefined) return { outcome: 'accepted', orderId, remaining: null };

    const [item] = await step(
      'add up buckets',
      () => db.$queryRaw<{ stock: number | null }[]>`
        select (select sum(stock)::int from stock_buckets where sku = items.sku) as stock
        from items where sku = ${sku}`,
    );
    if (!item) return { outcome: 'unknown-sku' };
    if (item.stock === null)
      return { outcome: 'error', reason: `${sku} has no buckets; create the item again` };
    if (item.stock < quantity) return { outcome: 'sold-out', remaining: item.stock };

    const swept = await takeFromSeveral(sale);
    if (swept === undefined) return { outcome: 'sold-out' };
    return { outcome: 'accepted', orderId: swept, remaining: null };
  },
} satisfies Strategy;
