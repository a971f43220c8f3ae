import { PrismaPg } from '@prisma/adapter-pg';
import { expect, onTestFinished } from 'vitest';
import { PrismaClient } from '@/generated/prisma/client';
import { startStepped } from '../fixtures/shop/stepped-purchase';
import { shopTest as test } from '../fixtures/shop/shop';

/** https://github.com/prisma/prisma/issues/8612: updateMany has sent a SELECT, and an UPDATE without the condition. */
test('updateMany sends one UPDATE that carries the condition, and no SELECT before it', async ({
  shop,
  database,
}) => {
  const db = new PrismaClient({
    adapter: new PrismaPg({ connectionString: database.url }),
    log: [{ emit: 'event', level: 'query' }],
  });
  onTestFinished(() => db.$disconnect());
  const sent: string[] = [];
  db.$on('query', ({ query }) => sent.push(query));
  const strategy = shop.strategy('prisma-update-many');
  const sku = await shop.createItem(strategy, 2);
  const attempt = startStepped({ ...shop, db }, strategy, { sku, quantity: 1, attemptId: 't1' });
  await attempt.runUntil('guarded update');
  sent.length = 0;

  await attempt.runUntil('read what is left');

  const items = '"public"."items"';
  expect(sent).toEqual([
    `UPDATE ${items} SET "stock" = (${items}."stock" - $1), "version" = (${items}."version" + $2)` +
      ` WHERE (${items}."sku" = $3 AND ${items}."stock" >= $4)`,
  ]);
  expect(await attempt.finish()).toMatchObject({ outcome: 'accepted', remaining: 1 });
});
