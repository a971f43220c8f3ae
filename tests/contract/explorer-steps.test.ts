import { expect } from 'vitest';
import { explorerTest as test } from '../fixtures/explorer/explorer';
import { tinyStrategy } from '../fixtures/shop/tiny-strategy';

test('two steps at once end the exploration, which names them', async ({ lab, shop }) => {
  const parallel = tinyStrategy(shop, 'two reads at once', {
    steps: { 'read stock': 'read', 'read item': 'read' },
    purchase: async ({ db, step }, { sku }) => {
      await Promise.all([
        step('read stock', () => db.$queryRaw`select stock from items where sku = ${sku}`),
        step('read item', () => db.$queryRaw`select version from items where sku = ${sku}`),
      ]);
      return { outcome: 'sold-out' };
    },
  });
  await expect(lab.exploreVariant(parallel)).rejects.toThrow(
    'T1 takes two steps at once ("read stock", "read item"); the explorer follows one at a time. Take them one after the other.',
  );
});
