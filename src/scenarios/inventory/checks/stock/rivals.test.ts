import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ordersFor, contextOf, type AttemptSketch } from '../../../../../tests/fixtures/lanes/history';
import { findRival } from './rivals';

const attempt: fc.Arbitrary<AttemptSketch> = fc.record({
  outcome: fc.constantFrom('accepted', 'sold-out'),
  quantity: fc.integer({ min: 1, max: 2 }),
  seenVersion: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  seenStock: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  remaining: fc.option(fc.integer({ min: -2, max: 3 }), { nil: undefined }),
});

it('names a sale of the same unit exactly where there is one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ remaining: fc.nat(12), quantity: fc.integer({ min: 1, max: 5 }) }), {
        maxLength: 15,
      }),
      (sales) => {
        const attempts = sales.map((sale, n): AttemptSketch => ({ ...sale, n, outcome: 'accepted' }));
        const orders = sales.map(({ quantity }, n) => ({
          ...ordersFor([n], quantity)[0]!,
          orderId: String(n),
        }));
        const context = contextOf({ attempts, final: { initialStock: 3, finalStock: 0, orders } });
        const share = (a: (typeof sales)[number], b: (typeof sales)[number]) =>
          a.remaining < b.remaining + b.quantity && b.remaining < a.remaining + a.quantity;
        for (const [i, sale] of sales.entries()) {
          const rival = findRival(context, i);
          const isShared = sales.some((other, j) => j !== i && share(sale, other));
          expect(rival?.same).toBe(isShared ? 'unit' : undefined);
          if (rival) expect(rival.attempt !== i && share(sale, sales[rival.attempt]!)).toBe(true);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

it('finds the same rival by its tables as by passing over the sales', () => {
  fc.assert(
    fc.property(fc.array(attempt, { minLength: 2, maxLength: 20 }), fc.boolean(), (sketches, isSingle) => {
      const attempts = sketches.map((one, n) => ({ ...one, n, ...(isSingle && { quantity: 1 }) }));
      const sold = attempts.flatMap(({ outcome, n }) => (outcome === 'accepted' ? [n] : []));
      const lane = { attempts, final: { initialStock: 3, finalStock: 0, orders: ordersFor(sold) } };
      const [context, asked] = [contextOf(lane), contextOf(lane)];
      // whoever has asked so often is answered from tables
      for (let k = 0; k < 64; k += 1) findRival(asked, 0);
      const passing = attempts.map((_, i) => findRival(context, i));
      expect(attempts.map((_, i) => findRival(asked, i))).toEqual(passing);
    }),
  );
});
