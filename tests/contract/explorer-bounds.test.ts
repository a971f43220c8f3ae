import { describe, expect } from 'vitest';
import type { ExplorationPlan } from '@/model/exploration';
import { PLAN_DEFAULTS } from '@/plan/catalogue-plans';
import { explorerTest as test } from '../fixtures/explorer/explorer';
import { tinyStrategy } from '../fixtures/shop/tiny-strategy';

describe('bounds', () => {
  test('what fits is run, however many steps attempts take', { tags: 'long' }, async ({ lab }) => {
    // 12 steps could be merged in 924 ways; locks leave 50, and 266 where one may die
    const plan = { reduction: false, maxSchedules: 50 };
    const { coverage } = await lab.explore('select-for-update', plan);
    expect(coverage).toMatchObject({ possible: 50, run: 50, isExact: true, isComplete: true });
    await expect(lab.explore('select-for-update', { ...plan, maxSchedules: 49 })).rejects.toThrow(
      /at least 50 schedules/,
    );
  });

  test.for<[string, Partial<ExplorationPlan>, RegExp]>([
    ['without reduction', { reduction: false }, /at least \d+ schedules, about .+ turn reduction on/],
    ['with reduction', { maxSchedules: 3 }, /at least \d+ schedules, .+, bound it with preemptions/],
    ['with preemptions', { preemptions: 2, maxSchedules: 10 }, /allow fewer than 2 preemptions/],
  ])(
    'too many schedules %s are refused with how many there are and what to do',
    async ([, plan, says], { lab }) => {
      const refused = lab.explore('transaction-read-committed', { maxSchedules: 100, ...plan });
      await expect(refused).rejects.toThrow(says);
    },
  );

  test.for([{ reduction: false }, { reduction: true }, { preemptions: 2 }])(
    'the limit that a refusal suggests will do, with %o',
    async (plan, { lab }) => {
      const all = { ...plan, maxSchedules: 5 };
      const refusal: unknown = await lab.explore('read-then-write', all).catch((error: unknown) => error);
      const { message } = refusal as Error;
      const limit = /allow ([\d,]+) schedules, which/.exec(message)?.[1]?.replaceAll(',', '');
      const { coverage } = await lab.explore('read-then-write', { ...plan, maxSchedules: Number(limit) });
      expect(coverage.run).toBeGreaterThan(5);
    },
  );

  test('all of more than it may run is never run to find that out', { tags: 'long' }, async ({ lab }) => {
    let runs = 0;
    const plan: ExplorationPlan = {
      ...PLAN_DEFAULTS,
      strategy: 'transaction-read-committed',
      reduction: false,
      maxSchedules: 150,
    };
    const refused = lab.explorer.explore(plan, { progress: ({ run }) => void (runs = run) });
    await expect(refused).rejects.toThrow(/at least \d+ schedules/);
    expect(runs).toBeLessThan(120);
  });

  test('with at most one preemption, fewer are run, and it says so', async ({ lab }) => {
    const { coverage, verdict, reason } = await lab.explore('read-then-write', { preemptions: 1 });
    expect(verdict).toBe('violated');
    expect(coverage.run).toBeLessThan(184);
    expect(coverage.overPreemptions).toBeGreaterThan(0);
    expect(coverage).toMatchObject({ isExact: false, isComplete: false });
    expect(reason).toMatch(
      /^\d+ of the \d+ orders that were run with at most 1 preemption, of about \d+ possible ones, oversell/,
    );
    // there are 184: the same draws make the same estimate of it every time
    expect(Math.abs(coverage.possible - 184)).toBeLessThan(60);
    const again = await lab.explore('read-then-write', { preemptions: 1 });
    expect(again.coverage).toEqual(coverage);
  });

  test('leases that nobody holds cannot run out, and it says so', async ({ lab }) => {
    const { reason } = await lab.explore('conditional-update', { leaseExpiry: true });
    expect(reason).toContain('No lease could run out, for none was held.');
    const held = await lab.explore('redis-lock-naive', { leaseExpiry: true, stock: 0 });
    expect(held.reason).not.toContain('No lease');
  });

  test('a sample is the same for the same seed, and counts what was drawn', async ({ lab }) => {
    const first = await lab.explore('read-then-write', { sample: 20, seed: 7 });
    expect(first.coverage.sampled).toBe(first.coverage.run);
    expect(first.coverage.run).toBeGreaterThan(10);
    expect(first.coverage).toMatchObject({ isExact: false, drawn: 20 });
    expect(first.reason).toContain('what 20 draws at random came to');
    expect(await lab.explore('read-then-write', { sample: 20, seed: 7 })).toEqual(first);
  });

  test('a sample holds to the bound on preemptions', async ({ lab }) => {
    const plan = { sample: 60, preemptions: 0 };
    const { coverage, violation, outcomes } = await lab.explore('read-then-write', plan);
    // one attempt after the other, and nothing else
    expect(coverage).toMatchObject({ run: 2, sampled: 2, drawn: 60, isComplete: false });
    expect(violation).toBeNull();
    expect(outcomes).toMatchObject([{ example: 'aaaaab', run: 2 }]);
  });

  test('a strategy that never ends is cut off and reported', async ({ lab, shop }) => {
    const endless = tinyStrategy(shop, 'endless', {
      steps: { look: 'read' },
      purchase: async ({ db, step }, { sku }) => {
        for (;;) await step('look', () => db.item.findFirst({ where: { sku } }));
      },
    });
    await expect(lab.exploreVariant(endless)).rejects.toThrow(/After \d+ moves the attempts had not ended/);
  });

  test('one that never ends under some schedules keeps what the others came to', async ({ lab, shop }) => {
    const base = shop.strategy('conditional-update');
    const hanging = tinyStrategy(shop, 'hanging', {
      steps: { look: 'read', ...base.steps },
      purchase: async (context, request) => {
        const { db, step } = context;
        const read = () => db.item.findFirst({ where: { sku: request.sku } });
        const item = await step('look', read);
        const decision = await base.purchase(context, request);
        // somebody was faster
        while (item?.stock === 1 && decision.outcome !== 'accepted') await step('look', read);
        return decision;
      },
    });
    const { coverage, outcomes, unfinished, reason } = await lab.exploreVariant(hanging);
    expect(unfinished).toMatch(/After \d+ moves the attempts had not ended/);
    expect(coverage.run).toBeGreaterThan(0);
    expect(coverage).toMatchObject({ isExact: false, isComplete: false });
    expect(outcomes).toMatchObject([{ outcomes: ['accepted', 'sold-out'], findings: [] }]);
    expect(reason).toMatch(/^None of the \d+ orders that were run/);
  });

  test('one that tries again without end is cut off after so many tries', async ({ lab, shop }) => {
    const stubborn = tinyStrategy(shop, 'stubborn', {
      steps: { look: 'read', 'back off': 'retry' },
      purchase: async ({ db, step, backOff }, { sku }) => {
        for (let tries = 1; tries < 12; tries += 1) {
          await step('look', () => db.item.findFirst({ where: { sku } }));
          await step('back off', () => backOff(tries));
        }
        return { outcome: 'conflict', reason: 'tried often' };
      },
    });
    const { coverage } = await lab.exploreVariant(stubborn, { maxRetries: 2 });
    expect(coverage.cut).toBeGreaterThan(0);
    expect(coverage.cutReasons).toEqual(['more than 2 retries']);
    expect(coverage.isComplete).toBe(false);
  });
});

test('three attempts of which two wait for one row are explored, whichever PostgreSQL lets go first', async ({
  lab,
}) => {
  const plan = { quantities: [1, 1, 1], preemptions: 1 };
  const { verdict, unfinished, violation, plan: asked } = await lab.explore('read-then-write', plan);
  expect({ verdict, unfinished }).toEqual({ verdict: 'violated', unfinished: undefined });
  const again = await lab.explorer.replay(asked, violation?.id ?? '');
  expect(again?.findings).toEqual(violation?.findings);
});

describe('a stop', () => {
  test('ends statements in flight, and keeps what was found', async ({ lab, shop }) => {
    const stop = new AbortController();
    let asleep = 0;
    const strategy = tinyStrategy(shop, 'sleepy', {
      steps: { sell: 'write', sleep: 'order' },
      purchase: async ({ db, step }, { sku, quantity }) => {
        await step('sell', () =>
          db.item.updateMany({ where: { sku }, data: { stock: { decrement: quantity } } }),
        );
        const isLong = !stop.signal.aborted && (asleep += 1) > 4;
        await step('sleep', () => db.$executeRaw`select pg_sleep(50) where ${isLong}`);
        return { outcome: 'sold-out' };
      },
    });
    const exploring = lab.exploreVariant(strategy, { reduction: false }, { signal: stop.signal });
    await expect.poll(() => asleep, { timeout: 20_000 }).toBeGreaterThan(4);
    stop.abort();
    const { verdict, coverage, unfinished } = await exploring;
    // a statement that is waited for is given up after 30 s, as one that does not end
    expect(unfinished).toBeUndefined();
    expect({ verdict, isComplete: coverage.isComplete }).toEqual({ verdict: 'violated', isComplete: false });
  });
});
