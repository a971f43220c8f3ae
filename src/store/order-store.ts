import type { PrismaClient } from '@/generated/prisma/client';
import type { StoredOrder } from '@/model/attempt-record';
import type { OrderRow } from '@/model/order-columns';

export interface OrderStore {
  /** The orders of an item up to an id, by rising id; read in pages, never held all at once. */
  each: (sku: string, lastOrderId: string | null) => AsyncGenerator<OrderRow>;
  /** How many orders `each` would yield. */
  count: (sku: string, lastOrderId: string | null) => Promise<number>;
  /** The orders of an item that name an attempt: one for each sale, none for any other, and two for a duplicate. */
  ofAttempt: (attempt: { sku: string; attemptId: string }) => Promise<StoredOrder[]>;
}

const ROWS_AT_ONCE = 5_000;

/** The evidence in the orders table. `db` is the bookkeeping client, never the one under test. */
export function createOrderStore(db: PrismaClient): OrderStore {
  return {
    each: (sku, lastOrderId) => eachOrder(db, sku, lastOrderId),
    count: async (sku, lastOrderId) =>
      lastOrderId === null ? 0 : db.order.count({ where: { sku, id: { lte: BigInt(lastOrderId) } } }),
    ofAttempt: async ({ sku, attemptId }) => {
      const rows = await db.order.findMany({ where: { sku, attemptId }, orderBy: { id: 'asc' } });
      return rows.map(({ id, quantity, strategy, createdAt }) => ({
        orderId: String(id),
        attemptId,
        quantity,
        strategy,
        createdAt: createdAt.toISOString(),
      }));
    },
  };
}

async function* eachOrder(
  db: PrismaClient,
  sku: string,
  lastOrderId: string | null,
): AsyncGenerator<OrderRow> {
  if (lastOrderId === null) return;
  for (let after = 0n; ;) {
    const rows = await db.order.findMany({
      where: { sku, id: { gt: after, lte: BigInt(lastOrderId) } },
      orderBy: { id: 'asc' },
      take: ROWS_AT_ONCE,
      select: { id: true, attemptId: true, quantity: true },
    });
    for (const { id, attemptId, quantity } of rows) yield { orderId: id, attemptId, quantity };
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_AT_ONCE) return;
    after = last.id;
  }
}
