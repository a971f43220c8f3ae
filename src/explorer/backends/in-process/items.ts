import type { PrismaClient } from '@/generated/prisma/client';
import type { FinalState } from '@/model/final-state';
import type { RedisUnderTest } from '@/model/redis-under-test';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { ownerOfScheduleItem, SCHEDULE_ITEMS } from '@/scenarios/inventory/lab-item';
import { toFinalState } from '@/scenarios/inventory/storage';

export interface OrderOf {
  id: bigint;
  sku: string;
  attemptId: string;
  quantity: number;
}

/** The final rows of one item. */
export interface ItemRows {
  final: FinalState;
  orders: OrderOf[];
}

/**
 * Sets of items in the first batch. Each batch is twice as large as the one before, up to a bound: most trees are
 * small.
 */
const FIRST_BATCH = 2;
const LARGEST_BATCH = 48;

type Stores = { db: PrismaClient; redis: RedisUnderTest };

/** The keys of the instances whose explorations have items in the database. */
export async function findItemOwners(db: PrismaClient): Promise<number[]> {
  return [...groupByOwner(await listScheduleItems(db)).keys()];
}

/** Deletes the items that the explorations of these instances have left, with everything stored for them. */
export async function clearLeftovers(
  stores: Stores,
  strategies: Iterable<RegisteredStrategy>,
  owners: readonly number[],
): Promise<void> {
  const left = groupByOwner(await listScheduleItems(stores.db));
  const skus = owners.flatMap((owner) => left.get(owner) ?? []);
  if (skus.length === 0) return;
  const storages = new Set([...strategies].map(({ storage }) => storage));
  for (const storage of storages)
    if (storage) await Promise.all(skus.map((sku) => storage.clear(stores, sku)));
  await deleteRows(stores.db, skus);
}

async function listScheduleItems(db: PrismaClient): Promise<string[]> {
  const where = { sku: { startsWith: SCHEDULE_ITEMS } };
  return (await db.item.findMany({ where, select: { sku: true } })).map(({ sku }) => sku);
}

function groupByOwner(skus: readonly string[]): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const sku of skus) {
    const owner = ownerOfScheduleItem(sku);
    if (owner === undefined) continue;
    const group = groups.get(owner);
    if (group) group.push(sku);
    else groups.set(owner, [sku]);
  }
  return groups;
}

/** Deletes everything that known tables hold of these items, and what these attempts have added to other items. */
async function deleteRows(
  db: PrismaClient,
  skus: readonly string[],
  attemptIds: readonly string[] = [],
): Promise<void> {
  await db.$executeRaw`
    with a as (delete from orders where sku = any(${skus})),
      b as (delete from units where sku = any(${skus})),
      c as (delete from stock_buckets where sku = any(${skus})),
      d as (delete from ledger_entries where sku = any(${skus})),
      e as (delete from holds where sku = any(${skus})),
      f as (delete from guarded_stock where sku = any(${skus})),
      g as (delete from fences where sku = any(${skus}))
    delete from items where sku = any(${skus})`;
  if (attemptIds.length === 0) return;
  await db.$executeRaw`
    with a as (delete from orders where attempt_id = any(${attemptIds})),
      b as (delete from units where attempt_id = any(${attemptIds})),
      c as (delete from ledger_entries where attempt_id = any(${attemptIds}))
    delete from holds where attempt_id = any(${attemptIds})`;
}

/** Creates fresh items for one schedule after another, ahead of need. */
export class Items {
  private readonly ready: string[][] = [];
  /** Items that exist or are being created and that no schedule has taken yet. */
  private readonly unused = new Set<string>();
  private making: Promise<void> | undefined;
  private made = 0;
  private batch = FIRST_BATCH;

  constructor(
    private readonly deps: Stores,
    private readonly strategy: RegisteredStrategy,
    private readonly plan: { stock: number; items: number; prefix: string },
  ) {}

  /**
   * Takes the skus of items that no schedule has touched.
   *
   * @param isAhead whether to create the next ones meanwhile; if not, none are there but those that are taken
   */
  async take(isAhead = true): Promise<string[]> {
    if (!isAhead) return this.takeAlone();
    for (;;) {
      const skus = this.ready.shift();
      // creates the next items while these are in use
      if (this.ready.length < this.batch / 2) this.making ??= this.makeAhead();
      if (skus) {
        for (const sku of skus) this.unused.delete(sku);
        return skus;
      }
      await this.making;
    }
  }

  private async takeAlone(): Promise<string[]> {
    await this.close();
    await this.make(1);
    const skus = this.ready.shift() ?? [];
    for (const sku of skus) this.unused.delete(sku);
    return skus;
  }

  /** Reads the final rows of items, in one snapshot each or after everything has ended. */
  async read(skus: string[]): Promise<Map<string, ItemRows>> {
    const { db } = this.deps;
    const { stock: initialStock } = this.plan;
    const { storage } = this.strategy;
    const [items, orders, own] = await Promise.all([
      db.item.findMany({ where: { sku: { in: skus } }, select: { sku: true, stock: true } }),
      db.order.findMany({
        where: { sku: { in: skus } },
        orderBy: { id: 'asc' },
        select: { id: true, sku: true, attemptId: true, quantity: true },
      }),
      Promise.all(skus.map(async (sku) => (await storage?.remaining(this.deps, sku)) ?? null)),
    ]);
    const stocks = new Map(items.map(({ sku, stock }) => [sku, stock]));
    return new Map(
      skus.map((sku, i) => {
        const stock = stocks.get(sku);
        if (stock === undefined) throw new Error(`the item ${sku} was removed while it was explored`);
        const mine = orders.filter((order) => order.sku === sku);
        const rows = { stock, orders: mine, own: own[i] ?? null };
        const item = { sku, initialStock, stillRunning: 0 };
        return [sku, { final: toFinalState(this.strategy, item, rows), orders: mine }];
      }),
    );
  }

  /** Deletes items and everything stored for them, and the rows of other items that these attempts have added. */
  async clear(skus: readonly string[], attemptIds?: readonly string[]): Promise<void> {
    const { storage } = this.strategy;
    if (storage) await Promise.all(skus.map((sku) => storage.clear(this.deps, sku)));
    await deleteRows(this.deps.db, skus, attemptIds);
  }

  /** Deletes the items that were created and never used, also when creating them failed half-way. */
  async close(): Promise<void> {
    await this.making?.catch(() => undefined);
    this.ready.length = 0;
    if (this.unused.size > 0) await this.clear([...this.unused]);
    this.unused.clear();
  }

  private makeAhead(): Promise<void> {
    const making = this.make(this.batch).finally(() => (this.making = undefined));
    // the caller of `take` sees the failure; without a caller, the rejection must not end the process
    making.catch(() => undefined);
    this.batch = Math.min(2 * this.batch, LARGEST_BATCH);
    return making;
  }

  private async make(count: number): Promise<void> {
    const { prefix, items, stock } = this.plan;
    const sets = Array.from({ length: count }, () => {
      this.made += 1;
      return Array.from({ length: items }, (_, i) => `${prefix}.${this.made}.${i}`);
    });
    const skus = sets.flat();
    for (const sku of skus) this.unused.add(sku);
    await this.deps.db.item.createMany({ data: skus.map((sku) => ({ sku, stock })) });
    const { storage } = this.strategy;
    if (storage) await Promise.all(skus.map((sku) => storage.prepare(this.deps, { sku, stock })));
    this.ready.push(...sets);
  }
}
