import { expect } from 'vitest';
import { scheduleItemPrefix } from '@/scenarios/inventory/lab-item';
import { explorerTest as test } from '../fixtures/explorer/explorer';

const [DEAD, ALIVE] = [7, 8];

test('what explorations of a dead instance have left is deleted, and nothing else', async ({ lab, shop }) => {
  const strategies = ['append-ledger', 'redis-lua-gate'].map((id) => shop.strategies.get(id)!);
  const left: Record<number, string[]> = { [DEAD]: [], [ALIVE]: [] };
  for (const owner of [DEAD, ALIVE]) {
    for (const [i, strategy] of strategies.entries()) {
      const item = { sku: `${scheduleItemPrefix(owner, `k7w2m9q${i}`)}.1.0`, stock: 3 };
      await shop.db.item.create({ data: item });
      await strategy.storage?.prepare(shop, item);
      left[owner]?.push(item.sku);
    }
  }
  await shop.db.item.create({ data: { sku: 'explored-by-hand', stock: 1 } });
  const remaining = (owner: number) =>
    Promise.all((left[owner] ?? []).map(async (sku, i) => strategies[i]?.storage?.remaining(shop, sku)));
  expect(await remaining(DEAD)).toEqual([3, 3]);

  expect((await lab.explorer.findItemOwners()).sort()).toEqual([DEAD, ALIVE]);
  await lab.explorer.clearLeftovers([DEAD]);

  const kept = await shop.db.item.findMany({ where: { sku: { startsWith: 'explored-' } } });
  const skus = kept.map(({ sku }) => sku);
  expect(skus).toContain('explored-by-hand');
  expect(skus).toEqual(expect.arrayContaining(left[ALIVE] ?? []));
  expect(skus.filter((sku) => sku.startsWith(scheduleItemPrefix(DEAD, '')))).toEqual([]);
  expect(await remaining(ALIVE)).toEqual([3, 3]);
  expect(await remaining(DEAD)).not.toContain(3);
});
