import type { PrismaClient } from '@/generated/prisma/client';
import type { FinalState } from '@/model/final-state';
import { toOrderColumns } from '@/model/order-columns';
import type { StorageDeps } from '@/model/strategy';
import type { RegisteredStrategy } from '../registry';

/** A million orders take a few seconds to read. */
const SNAPSHOT_MS = 60_000;

/**
 * Creates an item, or resets it if it exists: its row, no orders, and the storage that any of the given strategies
 * needs for itself.
 */
export async function createItem(
  deps: StorageDeps,
  strategies: Iterable<RegisteredStrategy>,
  item: { sku: string; stock: number },
): Promise<void> {
  const { sku, stock } = item;
  await deps.db.$transaction([
    deps.db.order.deleteMany({ where: { sku } }),
    deps.db.item.upsert({ where: { sku }, create: { sku, stock }, update: { stock, version: 0 } }),
  ]);
  for (const strategy of strategies) await strategy.storage?.prepare(deps, item);
}

/** What an empty purchase body buys. */
const DEMO = { sku: 'demo', stock: 100 };

/**
 * Creates the demo item unless it exists, and fills the stores of strategies that have lost it (a Redis without its
 * data). Existing stock stays as it is.
 */
export async function ensureDemoItem(
  deps: StorageDeps,
  strategies: Iterable<RegisteredStrategy>,
): Promise<void> {
  const { sku } = DEMO;
  await deps.db.item.createMany({ data: [DEMO], skipDuplicates: true });
  const stock = (await readRow(deps.db, sku)) ?? DEMO.stock;
  for (const { storage } of strategies) {
    if (storage && (await storage.remaining(deps, sku)) === null) await storage.prepare(deps, { sku, stock });
  }
}

/** Units left by the item's row; `null` when there is no such item. */
async function readRow(db: PrismaClient, sku: string): Promise<number | null> {
  const item = await db.item.findFirst({ where: { sku }, select: { stock: true } });
  return item && item.stock;
}

/** Units left according to the store that holds this strategy's truth; `null` when it holds nothing for the sku. */
export function readStock(
  deps: StorageDeps,
  { storage }: Pick<RegisteredStrategy, 'storage'>,
  sku: string,
): Promise<number | null> {
  return storage?.truth === 'own' ? storage.remaining(deps, sku) : readRow(deps.db, sku);
}

/**
 * The rows that decide a lane: stock, orders and the strategy's own store if it has one, in one snapshot as far as they
 * are in PostgreSQL.
 */
export async function readFinalState(
  deps: StorageDeps,
  strategy: RegisteredStrategy,
  item: { sku: string; initialStock: number; stillRunning: number; connections?: number },
): Promise<FinalState> {
  const { sku } = item;
  const { row, orders, own } = await deps.db.$transaction(
    async (db) => ({
      row: await db.item.findFirst({ where: { sku }, select: { stock: true } }),
      orders: await db.order.findMany({
        where: { sku },
        orderBy: { id: 'asc' },
        select: { id: true, attemptId: true, quantity: true },
      }),
      own: await strategy.storage?.remaining({ db, redis: deps.redis }, sku),
    }),
    { isolationLevel: 'RepeatableRead', timeout: SNAPSHOT_MS },
  );
  if (!row) throw new Error(`the item ${sku} was removed while its race ran`);
  return toFinalState(strategy, item, { stock: row.stock, orders, own: own ?? null });
}

/** The same from rows that have been read already; `own` is what the strategy's own store reports as left. */
export function toFinalState(
  strategy: RegisteredStrategy,
  item: { sku: string; initialStock: number; stillRunning: number; connections?: number },
  rows: { stock: number; orders: { id: bigint; attemptId: string; quantity: number }[]; own: number | null },
): FinalState {
  const { initialStock, stillRunning, connections } = item;
  const { stock, orders, own } = rows;
  const { storage } = strategy;
  if (storage?.truth === 'own' && own === null)
    throw new Error(`the ${storage.store} of ${item.sku} are gone`);
  return {
    initialStock,
    finalStock: storage?.truth === 'own' ? (own ?? 0) : stock,
    orders: toOrderColumns(orders.map(({ id, ...order }) => ({ orderId: id, ...order }))),
    ...(storage?.truth === 'row' && { counter: { store: storage.store, remaining: own } }),
    givesBack: strategy.givesBack ?? takesInRedis(strategy),
    stillRunning,
    ...(!strategy.stores.includes('redis') && { connections }),
  };
}

/** A transaction does not roll back what was taken in Redis: an attempt that fails afterwards has to give it back. */
function takesInRedis({ stepKinds }: RegisteredStrategy): boolean {
  return stepKinds.includes('redis write') || stepKinds.includes('redis decide');
}
