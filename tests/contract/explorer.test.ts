import { describe, expect } from 'vitest';
import { Items } from '@/explorer/backends/in-process/items';
import type { ExplorationPlan } from '@/model/exploration';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { found } from '../fixtures/explorer/compare-trees';
import { explorerTest as test, type Lab } from '../fixtures/explorer/explorer';
import type { Shop } from '../fixtures/shop/shop';
import { tinyStrategy } from '../fixtures/shop/tiny-strategy';

test('items that cannot be made ahead fail the schedule that needs them alone, and are cleared', async ({
  shop,
}) => {
  const base = shop.strategy('conditional-update');
  const prefix = `ahead-${Date.now()}`;
  let prepared = 0;
  const prepare = () =>
    (prepared += 1) > 2 ? Promise.reject(new Error('the store is away')) : Promise.resolve();
  const storage = { prepare, clear: () => Promise.resolve(), remaining: () => Promise.resolve(null) };
  const strategy = { ...base, storage } as unknown as RegisteredStrategy;
  const items = new Items(shop, strategy, { stock: 1, items: 1, prefix });
  const taken = [await items.take()];
  taken.push(await items.take());
  // the next are being made, and fail, while nobody waits for them: unheard, that would end this process
  await expect.poll(() => prepared).toBeGreaterThan(2);
  await expect(items.take()).rejects.toThrow('the store is away');
  await items.clear(taken.flat());
  await items.close();
  expect(await shop.db.item.count({ where: { sku: { startsWith: prefix } } })).toBe(0);
});

test('why an attempt failed names it and its item by their places, not by the ids of this run', async ({
  shop,
  lab,
}) => {
  const closed = tinyStrategy(shop, 'closed shop', {
    steps: { look: 'read' },
    purchase: async ({ db, step }, { sku, attemptId }) => {
      await step('look', () => db.item.findFirst({ where: { sku } }));
      return { outcome: 'error', reason: `${sku} is closed to ${attemptId}` };
    },
  });
  const { plan, outcomes } = await lab.exploreVariant(closed);
  const schedule = await lab.explorer.replay(plan, outcomes[0]?.example ?? '');
  const reasons = ['the item is closed to T1', 'the item is closed to T2'];
  expect(schedule?.outcomes.map(({ reason }) => reason)).toEqual(reasons);
  const ended = schedule?.moves.flatMap((move) => move.ended.map(({ reason }) => reason));
  expect(ended?.sort()).toEqual(reasons);
});

describe('the simplest schedule that breaks something', () => {
  test('shows T1 and T2 read the same stock, and what each really sent', async ({ lab }) => {
    const { violation, verdict, coverage } = await lab.explore('read-then-write');

    expect({ verdict, possible: coverage.possible }).toEqual({ verdict: 'violated', possible: 184 });
    expect(violation).toMatchObject({
      preemptions: 1,
      outcomes: [
        { actor: 'T1', outcome: 'accepted', seen: { stock: 1, version: 0 }, remaining: 0 },
        { actor: 'T2', outcome: 'accepted', seen: { stock: 1, version: 0 }, remaining: 0 },
      ],
      stock: [0],
      orders: [
        { actor: 'T1', quantity: 1 },
        { actor: 'T2', quantity: 1 },
      ],
    });
    expect(violation?.findings.map(({ kind }) => kind).sort()).toEqual([
      'duplicate-unit',
      'lost-update',
      'oversold',
    ]);
    const reads = violation?.moves.filter(({ step }) => step === 'read stock');
    expect(reads?.map(({ actor }) => actor)).toEqual(['T1', 'T2']);
    for (const { sql } of reads ?? []) {
      expect(sql[0]?.text).toMatch(/^SELECT .+ FROM "public"\."items" WHERE/);
      expect(sql[0]).toMatchObject({
        values: expect.arrayContaining(['item']) as unknown,
        rows: [{ stock: 1 }],
      });
    }
  });

  test('shows an answer in the move in which it came, and not where the statement began to wait', async ({
    lab,
  }) => {
    const { violation } = await lab.explore('read-then-write');

    const at = violation?.moves.findIndex(({ waitsFor }) => waitsFor.length > 0) ?? -1;
    const [waiting, next] = violation?.moves.slice(at) ?? [];
    expect(waiting).toMatchObject({ actor: 'T2', step: 'write stock', waitsFor: ['T1'] });
    const [sent] = waiting?.sql.slice(-1) ?? [];
    expect(sent?.text).toMatch(/^UPDATE/);
    expect(sent).not.toHaveProperty('rowCount');
    expect(next?.woke).toEqual([
      { actor: 'T2', step: 'write stock', sql: [{ ...sent, hasWaited: true, rowCount: 1 }], redis: [] },
    ]);
  });

  test('says which attempt waits for which, as the server tells it', async ({ lab }) => {
    const { coverage, outcomes } = await lab.explore('conditional-update');
    const example = await lab.explorer.replay((await lab.explore('conditional-update')).plan, 'abab');

    expect(coverage).toMatchObject({ possible: 4, run: 4, isExact: true, isComplete: true });
    expect(outcomes).toMatchObject([{ outcomes: ['accepted', 'sold-out'], findings: [], schedules: 4 }]);
    expect(
      example?.moves.map(({ actor, step, waitsFor, woke }) => ({ actor, step, waitsFor, woke: woke.length })),
    ).toEqual([
      { actor: 'T1', step: 'guarded update', waitsFor: [], woke: 0 },
      { actor: 'T2', step: 'guarded update', waitsFor: ['T1'], woke: 0 },
      { actor: 'T1', step: 'commit of guarded update', waitsFor: [], woke: 1 },
      { actor: 'T2', step: 'commit of guarded update', waitsFor: [], woke: 0 },
    ]);
  });
});

type Plan = [strategy: string, plan: Partial<ExplorationPlan>];

describe('reduction', () => {
  // what generated strategies do not do: tables and stores of their own, answers before the last write
  const plans: Plan[] = [
    ['insert-where-available', {}],
    ['redis-lua-gate', { crash: true }],
    ['redis-watch-multi', {}],
    ['gate-queue', { crash: true }],
    ['unit-rows-skip-locked', { stock: 2 }],
    ['batched-writer', { quantities: [2, 1], stock: 2 }],
    ['redis-lock-naive', { leaseExpiry: true, stock: 0 }],
  ];

  const title = 'finds what all schedules of %s find, and counts them, under %o';
  const compare = async ([strategy, plan]: Plan, { lab }: { lab: Lab }) => {
    const all = await lab.explore(strategy, { ...plan, reduction: false });
    const reduced = await lab.explore(strategy, plan);

    expect(found(reduced)).toEqual(found(all));
    expect(all.coverage).toMatchObject({ run: all.coverage.possible, pruned: 0, isExact: true });
    const { run, pruned, possible } = reduced.coverage;
    expect(run + pruned).toBe(possible);
    expect(run).toBeLessThanOrEqual(all.coverage.run);
  };
  test.for(plans)(title, compare);
  test.for<Plan>([
    ['read-then-write', {}],
    ['check-constraint', {}],
    ['redis-get-decr', {}],
    ['hot-row-last', { crash: true }],
  ])(title, { tags: ['long'] }, compare);

  test('runs attempts that share nothing in one order only', async ({ lab }) => {
    const { coverage } = await lab.explore('conditional-update', { items: 2 });
    // that one had its answer before the other was called is all that tells them apart
    expect(coverage).toMatchObject({ possible: 6, run: 3, pruned: 3 });
  });
});

describe('the same again', () => {
  const AGAIN = 3;
  const plans: Plan[] = [
    ['read-then-write', {}],
    ['select-for-update', {}],
    ['serializable-retry', {}],
    ['process-mutex', { processes: 2 }],
    ['redis-lua-gate', { crash: true }],
  ];

  const title = 'explorations of %s do not differ in anything, under %o';
  const repeat = async ([strategy, plan]: Plan, { lab }: { lab: Lab }) => {
    const first = await lab.explore(strategy, plan);
    for (let i = 0; i < AGAIN; i += 1) expect(await lab.explore(strategy, plan)).toEqual(first);
  };
  test.for(plans)(title, repeat);
  test.for<Plan>([['redis-lock-token', { leaseExpiry: true }]])(title, { tags: ['long'] }, repeat);

  test('a deadlock has the same victim every time: whoever closes the circle', async ({ lab, shop }) => {
    const crossed = tinyStrategy(shop, 'crossed locks', {
      steps: { 'first lock': 'lock', 'second lock': 'lock' },
      purchase: ({ step, transaction }, { sku, attemptId }) =>
        transaction(async (tx) => {
          const order = attemptId.endsWith('0') ? ['one', 'two'] : ['two', 'one'];
          for (const [i, name] of order.entries()) {
            const key = `${name} of ${sku}`;
            await step(
              i === 0 ? 'first lock' : 'second lock',
              () => tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`,
            );
          }
          return { outcome: 'sold-out' };
        }),
    });
    const first = await lab.exploreVariant(crossed);
    expect(first.outcomes.map(({ outcomes }) => outcomes.join())).toEqual(
      expect.arrayContaining(['conflict,sold-out', 'sold-out,sold-out']),
    );

    // both have a lock; T1 waits for the other one, and T2 closes the circle
    const closed = await lab.explorer.replay(first.plan, 'aabbaba');
    expect(closed?.outcomes).toMatchObject([
      { actor: 'T1', outcome: 'sold-out' },
      { actor: 'T2', outcome: 'conflict', reason: 'deadlock detected' },
    ]);
    for (let i = 0; i < AGAIN; i += 1) expect(await lab.exploreVariant(crossed)).toEqual(first);
  });

  test('a schedule that is replayed by its id is the same to the letter', async ({ lab }) => {
    const { violation, plan } = await lab.explore('append-ledger');
    const id = violation?.id ?? '';
    for (let i = 0; i < 3; i += 1) expect(await lab.explorer.replay(plan, id)).toEqual(violation);
  });

  test.for(['ab', 'bbbbbbbbbbbbbbbbbbbb', 'a!', 'c'])(
    '%s is no schedule of read-then-write',
    async (id, { lab }) => {
      const { plan } = await lab.explore('read-then-write');
      expect(await lab.explorer.replay(plan, id)).toBeNull();
    },
  );
});

describe('an attempt that dies', () => {
  test('may do so while it waits for a lock, and whoever has it goes on', async ({ lab }) => {
    const { plan, verdict } = await lab.explore('conditional-update', { crash: true });
    expect(verdict).toBe('none-found');

    const replayed = await lab.explorer.replay(plan, 'abb!a');
    expect(replayed?.moves.map(({ event, hadToWait, waitsFor }) => ({ event, hadToWait, waitsFor }))).toEqual(
      [
        { event: 'step', waitsFor: [] },
        { event: 'step', waitsFor: ['T1'] },
        { event: 'crash', hadToWait: true, waitsFor: [] },
        { event: 'step', waitsFor: [] },
      ],
    );
    expect(replayed).toMatchObject({
      outcomes: [{ outcome: 'accepted' }, { outcome: 'died' }],
      orders: [{ actor: 'T1', quantity: 1 }],
      stock: [0],
    });
    for (let i = 0; i < 5; i += 1) expect(await lab.explorer.replay(plan, 'abb!a')).toEqual(replayed);
  });

  test('may do so while it waits for a lock in Redis', async ({ lab }) => {
    const { plan } = await lab.explore('redis-lock-token', { crash: true });
    const replayed = await lab.explorer.replay(plan, 'abb!aaaaaa');
    expect(replayed?.moves[2]).toMatchObject({ actor: 'T2', event: 'crash', hadToWait: true });
    expect(replayed?.outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'died']);
  });
});

describe('what explorations leave behind', () => {
  /** Rows and keys of items that were explored. */
  const leftovers = async ({ db, redis }: Shop, before: ReadonlySet<string>) => ({
    items: await db.item.count({ where: { sku: { startsWith: 'explored-' } } }),
    orders: await db.order.count({ where: { sku: { startsWith: 'explored-' } } }),
    keys: (await redis.keys('*explored-*')).filter((key) => !before.has(key)),
  });
  /** Keys of other test files, whose strategies may leave what they like. */
  const keysOf = async ({ redis }: Shop) => new Set(await redis.keys('*explored-*'));
  const NOTHING_LEFT = { items: 0, orders: 0, keys: [] };

  test('is nothing when one is refused', async ({ lab, shop }) => {
    const before = await keysOf(shop);
    const refused = lab.explore('redis-get-decr', { reduction: false, maxSchedules: 20 });
    await expect(refused).rejects.toThrow(/20 are allowed/);
    expect(await leftovers(shop, before)).toEqual(NOTHING_LEFT);
  });

  test('is nothing when one fails in the middle', async ({ lab, shop }) => {
    const before = await keysOf(shop);
    const base = shop.strategy('optimistic-version');
    let bought = 0;
    const failing: RegisteredStrategy = {
      ...base,
      purchase: async (context, request) => {
        bought += 1;
        if (bought > 12) for (;;) await context.step('think', context.think);
        return base.purchase(context, request);
      },
    };
    for (const sample of [null, 40]) {
      bought = 0;
      const { unfinished } = await lab.exploreVariant(failing, { sample });
      expect(unfinished).toMatch(/had not ended/);
      expect(await leftovers(shop, before)).toEqual(NOTHING_LEFT);
    }
  });

  test('is no lock of an attempt that died or was given up', async ({ lab, shop }) => {
    const before = await keysOf(shop);
    await lab.explore('redis-lock-token', { crash: true });
    expect(await leftovers(shop, before)).toEqual(NOTHING_LEFT);
  });
});
