import { randomUUID } from 'node:crypto';
import type { PurchaseDeps } from '@/scenarios/inventory/purchase/purchase';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { createItem, readStock } from '@/scenarios/inventory/storage';
import type { Cell, Sales } from './sales';

/** Who sells, and from whose stores. */
export interface Seller {
  name: string;
  strategy: RegisteredStrategy;
  writesOrders: boolean;
  sell: (cell: Cell) => Promise<Sales>;
}

const ENOUGH = 1_000_000_000;
/** Units a second for a strategy that keeps a row for each: above what two cores sell, and quick to insert. */
const UNIT_ROWS_PER_SECOND = 10_000;
const LARGEST_UNIT_STOCK = 100_000;

/**
 * What a hot row leaves behind slows down whoever comes next, so everybody starts with none of it; and with
 * statistics of the rows as they are, which autovacuum would provide at some moment of its own.
 */
const TIDY = 'vacuum (analyze) items, orders, units, stock_buckets, ledger_entries, guarded_stock, fences';

/**
 * Lets a purchase service sell from a new item, checks that stock and orders agree with what it says it sold, and removes the
 * item with all that belongs to it.
 */
export async function sellFromHotRow(
  deps: PurchaseDeps,
  purchaseService: Seller,
  cell: Omit<Cell, 'sku'>,
): Promise<Sales> {
  const { strategy } = purchaseService;
  const item = { sku: `bench-${randomUUID()}`, stock: stockFor(strategy, cell.seconds) };
  try {
    await createItem(deps, [strategy], item);
    await deps.db.$executeRawUnsafe(TIDY);
    const sales = await purchaseService.sell({ ...cell, sku: item.sku });
    await strategy.storage?.drain?.(deps, item.sku);
    if (!cell.signal.aborted) await check(deps, purchaseService, item, sales.accepted);
    return sales;
  } finally {
    await deps.db.order.deleteMany({ where: { sku: item.sku } });
    await strategy.storage?.clear(deps, item.sku);
    await deps.db.item.deleteMany({ where: { sku: item.sku } });
  }
}

function stockFor({ storage }: RegisteredStrategy, seconds: number): number {
  if (storage?.store !== 'unit rows') return ENOUGH;
  return Math.min(LARGEST_UNIT_STOCK, Math.ceil(UNIT_ROWS_PER_SECOND * seconds));
}

async function check(
  deps: PurchaseDeps,
  { name, strategy, writesOrders }: Seller,
  { sku, stock }: { sku: string; stock: number },
  accepted: number,
): Promise<void> {
  const left = await readStock(deps, strategy, sku);
  const orders = await deps.db.order.count({ where: { sku } });
  const expected = writesOrders ? accepted : 0;
  if (left !== null && stock - left === accepted && orders === expected) return;
  const taken = left === null ? 'an unknown number of' : stock - left;
  throw new Error(`${name} says it sold ${accepted}, but took ${taken} units and wrote ${orders} orders`);
}
