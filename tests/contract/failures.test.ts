import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { FAILURES } from '@/failures/failure-table';
import { projectRoot } from '@/services/env';
import { blocked, openRival } from '../fixtures/shop/failing-postgres';
import { shopTest as test } from '../fixtures/shop/shop';
import { SOLD, startVictim, tinyStrategy, UNSOLD } from '../fixtures/shop/victim';

describe('a gate that has taken a unit and then fails in PostgreSQL', () => {
  test('keeps it if the sale may have happened, rather than sell it twice', async ({
    shop,
    database,
    onTestFinished,
  }) => {
    const stage = { shop, database, onTestFinished };
    const { result, rows } = await blocked(stage, 'redis-lua-gate', { act: ({ kill }) => kill() });
    expect(result).toMatchObject({ outcome: 'indeterminate' });
    expect(rows).toEqual({ ...UNSOLD, counter: 0 });
  });

  test('gives it back if the failure proves that it did not', async ({ shop, database, onTestFinished }) => {
    const stage = { shop, database, onTestFinished };
    const { result, rows } = await blocked(stage, 'redis-lua-gate', { statementTimeoutMs: 100 });
    expect(result).toMatchObject({ outcome: 'conflict' });
    expect(rows).toEqual({ ...UNSOLD, counter: 1 });
  });
});

test('killed before COMMIT in a second try, after the first failed in COMMIT: nothing was sold', async ({
  shop,
  database,
  onTestFinished,
}) => {
  const stage = { shop, database, onTestFinished };
  const strategy = shop.strategy('ledger-serializable');
  const victim = await startVictim(stage, strategy, { stock: 2 });
  const other = shop.step(strategy, victim.sku, 'other');
  await other.runUntil('commit');
  await victim.attempt.runUntil('commit');
  expect(await other.finish()).toMatchObject({ outcome: 'accepted', remaining: 1 });
  await victim.attempt.runUntil('append entry');
  const rival = await openRival(stage);
  await rival.query('lock table ledger_entries in exclusive mode');
  const result = victim.attempt.finish();
  await shop.waitUntilBlocked(result);

  await victim.kill();

  expect(await result).toMatchObject({ outcome: 'error', code: '57P01' });
  expect(await victim.rows()).toMatchObject({ stock: 1, orders: [{ attemptId: 'other' }] });
});

test('a sale whose order cannot be read back is indeterminate, whatever the reading failed with', async ({
  shop,
  database,
  onTestFinished,
}) => {
  const stage = { shop, database, onTestFinished };
  const strategy = tinyStrategy(shop, {
    steps: { sell: 'decide', 'read order': 'read' },
    async purchase({ db, step }, { sku, quantity, attemptId }) {
      await step(
        'sell',
        () => db.$executeRaw`
          with taken as (
            update items set stock = stock - ${quantity}::int where sku = ${sku} and stock >= ${quantity}::int
            returning sku
          )
          insert into orders (attempt_id, sku, quantity, strategy)
          select ${attemptId}, sku, ${quantity}::int, 'tiny' from taken`,
      );
      const order = await step('read order', () => db.order.findFirstOrThrow({ where: { attemptId } }));
      return { outcome: 'accepted', orderId: order.id, remaining: null };
    },
  });
  const victim = await startVictim(stage, strategy, { statementTimeoutMs: 100 });
  await victim.attempt.runUntil('read order');
  const rival = await openRival(stage);
  await rival.query('lock table orders in access exclusive mode');

  const result = await victim.attempt.finish();

  await rival.query('rollback');
  expect(result).toMatchObject({
    outcome: 'indeterminate',
    code: '57014',
    reason: 'statement took too long and was cancelled',
  });
  expect(await victim.rows()).toEqual(SOLD);
});

describe('a failure that the table does not know', () => {
  test('is indeterminate out of a step that may have sold', async ({ shop, database, onTestFinished }) => {
    const strategy = tinyStrategy(shop, {
      steps: { 'divide by zero': 'decide' },
      purchase: ({ db, step }) => step('divide by zero', () => db.$queryRaw<never>`select 1 / 0`),
    });
    const { attempt } = await startVictim({ shop, database, onTestFinished }, strategy);
    expect(await attempt.finish()).toMatchObject({ outcome: 'indeterminate', code: '22012' });
  });

  test('is an error out of a transaction that was not committed', async ({
    shop,
    database,
    onTestFinished,
  }) => {
    const strategy = tinyStrategy(shop, {
      steps: { 'divide by zero': 'decide' },
      purchase: ({ transaction, step }) =>
        transaction((tx) => step('divide by zero', () => tx.$queryRaw<never>`select 1 / 0`)),
    });
    const { attempt } = await startVictim({ shop, database, onTestFinished }, strategy);
    expect(await attempt.finish()).toMatchObject({ outcome: 'error', code: '22012' });
  });
});

test('docs/failures.md has the rows of the table, with their outcomes', async () => {
  const page = await readFile(path.join(projectRoot, 'docs/failures.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` +\|[^|]*\| `([a-z-]+)`/gm)].map(([, code, outcome]) => [
    code,
    outcome,
  ]);
  const outcomes = Object.entries(FAILURES).map(([code, { outcome }]) => [
    code,
    outcome === 'broken' ? 'indeterminate' : outcome,
  ]);
  expect(rows.sort()).toEqual(outcomes.sort());
});
