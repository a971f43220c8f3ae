import { expect } from 'vitest';
import { PLAN_FIELDS } from '@/plan/fields';
import { readPredictions } from '../fixtures/shop/predictions';
import { serverTest as test } from '../fixtures/server/server-test';
import { share } from './share';

const RACES = share(3);
const PAIRS = share(20);

/** Every label: races of the whole catalogue in a row, with the dashboard's own load plan. */
test(`the whole catalogue races as its labels predict, ${RACES} times in a row`, async ({
  api,
  database,
}) => {
  const predictions = await readPredictions(api);
  for (let round = 1; round <= RACES; round += 1) {
    const race = await api.race({ strategies: [...predictions.keys()] });

    expect(race.status).toBe('finished');
    for (const lane of race.lanes) {
      const { strategy, verdict, orders, stock, honesty, overlap, oversold, lostUpdates } = lane;
      const [inTables] = await database.query(
        `select count(*)::int as orders, coalesce(sum(quantity), 0)::int as units,
           (select stock from items where sku = $1) as stock from orders where sku = $1`,
        [lane.sku],
      );
      console.log(
        `${round}/${RACES} ${strategy}: ${String(inTables?.units)} units in orders, stock ${String(inTables?.stock)}: ${verdict.reason}`,
      );
      expect(inTables).toMatchObject({ orders: orders.count, units: orders.quantity });
      // the row tells what is left, or was never touched by a strategy with a store of its own
      expect([stock.final, 100]).toContain(inTables?.stock);
      expect(honesty).toEqual({ generated: 1_000, recorded: 1_000, stored: 1_000 });
      expect(verdict.status, `${strategy}: ${verdict.reason}`).toBe(predictions.get(strategy));
      expect(oversold).toBe(Math.max(0, orders.quantity - 100));
      expect(lostUpdates).toBe(orders.quantity - (100 - (stock.final ?? 0)));
      expect(overlap.overlappingWindows).toBeGreaterThan(1);
    }
  }
});

test(`the dashboard’s own pair races as its labels predict, ${PAIRS} times in a row`, async ({ api }) => {
  for (let round = 1; round <= PAIRS; round += 1) {
    const race = await api.race({ strategies: [...PLAN_FIELDS.strategies.initial] });
    expect(race.lanes.map(({ verdict }) => verdict.status)).toEqual(['violated', 'ok']);
    expect(race.lanes[1]).toMatchObject({ orders: { quantity: 100 }, stock: { final: 0 } });
  }
});

test('a race of 10,000 attempts: generated = recorded = stored, and the log holds each one once', async ({
  api,
}) => {
  const race = await api.race({ strategies: ['conditional-update'], attempts: 10_000 });
  expect(race.lanes[0]?.honesty).toEqual({ generated: 10_000, recorded: 10_000, stored: 10_000 });
  const seen = new Set<number>();
  for (let from = 0; ;) {
    const response = await api.get(`/api/races/${race.id}/events?from=${from}`);
    const page = (await response.json()) as { batches: { n: number[] }[]; next: number };
    if (page.batches.length === 0) break;
    for (const n of page.batches.flatMap((batch) => batch.n)) seen.add(n);
    from = page.next;
  }
  expect(seen.size).toBe(10_000);
});
