import { describe, expect } from 'vitest';
import type { Mutant } from '../fixtures/shop/mutate';
import advisoryXactLock from '../fixtures/shop/mutants/advisory-xact-lock';
import checkConstraint from '../fixtures/shop/mutants/check-constraint';
import conditionalUpdate from '../fixtures/shop/mutants/conditional-update';
import hotRowLast from '../fixtures/shop/mutants/hot-row-last';
import ledgerSerializable from '../fixtures/shop/mutants/ledger-serializable';
import lockFailFast from '../fixtures/shop/mutants/lock-fail-fast';
import optimisticVersion from '../fixtures/shop/mutants/optimistic-version';
import prismaUpdateMany from '../fixtures/shop/mutants/prisma-update-many';
import selectForUpdate from '../fixtures/shop/mutants/select-for-update';
import serializableRetry from '../fixtures/shop/mutants/serializable-retry';
import { shopTest as test } from '../fixtures/shop/shop';
import { bothAtTheRow, bothBefore, secondMeanwhile } from '../fixtures/shop/two-buyers';
import type { LastUnit, Schedule } from '../fixtures/shop/two-buyers';

interface Refusal {
  outcome: 'sold-out' | 'conflict';
  /** SQLSTATE, where PostgreSQL is the one who refuses. */
  code?: string;
}

interface Case {
  id: string;
  /** The order of steps that would sell the unit twice, were it not for the guard. */
  schedule: Schedule;
  /** What the buyer who comes too late is told, unless it is a plain sold out. */
  refusal?: Refusal;
  mutant: Mutant;
  /** Units left once the mutant has sold the unit twice: 0 by a lost update, -1 by a decrement too many. */
  wrong: number;
}

const cases: Case[] = [
  { id: 'conditional-update', schedule: bothAtTheRow, mutant: conditionalUpdate, wrong: -1 },
  { id: 'hot-row-last', schedule: bothBefore('commit'), mutant: hotRowLast, wrong: -1 },
  { id: 'prisma-update-many', schedule: bothBefore('insert order'), mutant: prismaUpdateMany, wrong: -1 },
  {
    id: 'check-constraint',
    schedule: bothBefore('insert order'),
    refusal: { outcome: 'sold-out', code: '23514' },
    mutant: checkConstraint,
    wrong: -1,
  },
  { id: 'select-for-update', schedule: bothBefore('write stock'), mutant: selectForUpdate, wrong: 0 },
  {
    id: 'lock-fail-fast',
    schedule: secondMeanwhile('write stock'),
    refusal: { outcome: 'conflict', code: '55P03' },
    mutant: lockFailFast,
    wrong: 0,
  },
  { id: 'advisory-xact-lock', schedule: bothBefore('write stock'), mutant: advisoryXactLock, wrong: 0 },
  {
    id: 'optimistic-version',
    schedule: bothBefore('write if unchanged'),
    mutant: optimisticVersion,
    wrong: -1,
  },
  { id: 'serializable-retry', schedule: bothBefore('write stock'), mutant: serializableRetry, wrong: 0 },
  { id: 'ledger-serializable', schedule: bothBefore('append entry'), mutant: ledgerSerializable, wrong: -1 },
];

/** The check that each strategy has to pass and each mutant has to fail. */
function expectOneSale(result: LastUnit, refusal: Refusal): void {
  expect(result).toMatchObject({
    t1: { outcome: 'accepted', remaining: 0 },
    t2: refusal,
    stock: 0,
    orders: ['t1'],
  });
}

describe.each(cases)('$id', ({ id, schedule, refusal = { outcome: 'sold-out' }, mutant, wrong }) => {
  test('sells the last unit once', async ({ shop }) => {
    expectOneSale(await schedule(shop, shop.strategy(id)), refusal);
  });

  test('sells it twice without its guard, and the same check says so', async ({ shop }) => {
    const result = await schedule(shop, mutant(shop.strategy(id)));

    expect(() => expectOneSale(result, refusal)).toThrow();
    expect(result).toMatchObject({
      t1: { outcome: 'accepted' },
      t2: { outcome: 'accepted' },
      stock: wrong,
      orders: ['t1', 't2'],
    });
  });
});
