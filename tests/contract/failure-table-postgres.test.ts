import { expect } from 'vitest';
import { POSTGRES_FAILURES } from '@/failures/failure-table';
import type { PostgresFailureCode, RetryableCode } from '@/failures/failure-table';
import {
  alone,
  blocked,
  brokenBy,
  deadlocked,
  expired,
  finish,
  killedBefore,
  openRival,
  overtaken,
  shuttingDown,
  withoutConnection,
  withoutRoom,
} from '../fixtures/shop/failing-postgres';
import { testFailures } from '../fixtures/shop/failure-case';
import type { FailureCase } from '../fixtures/shop/failure-case';
import { shopTest as test } from '../fixtures/shop/shop';
import { openTcpGate } from '../fixtures/database/tcp-gate';
import { SOLD, startVictim, tinyStrategy, withoutRetries } from '../fixtures/shop/victim';
import type { Stage, Victim } from '../fixtures/shop/victim';

/** Two buyers insert a row of the same key, and the other one commits first. */
async function duplicateKey(stage: Stage) {
  const strategy = tinyStrategy(stage.shop, {
    steps: { 'claim the item': 'write' },
    async purchase({ db, step }, { sku }) {
      await step('claim the item', () => db.fence.create({ data: { sku } }));
      return { outcome: 'accepted', orderId: sku, remaining: 0 };
    },
  });
  const victim = await startVictim(stage, strategy);
  const rival = await openRival(stage);
  await rival.query('insert into fences (sku) values ($1)', [victim.sku]);
  const result = victim.attempt.finish();
  await stage.shop.waitUntilBlocked(result);
  await rival.query('commit');
  return { result: await result, rows: await victim.rows() };
}

/** A check constraint of the row that records the sale refuses it, which says nothing about the stock. */
async function refusedOrder(stage: Stage) {
  const strategy = tinyStrategy(stage.shop, {
    steps: { 'record the sale': 'order' },
    async purchase({ db, step }, { sku }) {
      await step('record the sale', () => db.guardedStock.create({ data: { sku, stock: -1 } }));
      return { outcome: 'accepted', orderId: sku, remaining: 0 };
    },
  });
  return finish(await startVictim(stage, strategy));
}

async function unreachable(stage: Stage, host: string) {
  const gate = await openTcpGate(stage.database.url);
  await gate.close();
  const url = new URL(gate.url);
  url.hostname = host;
  return alone(stage, 'conditional-update', { url: url.href });
}

async function stalled(stage: Stage) {
  const gate = await openTcpGate(stage.database.url);
  stage.onTestFinished(() => gate.close());
  gate.stall();
  return alone(stage, 'conditional-update', { url: gate.url });
}

const PROVOCATIONS: Record<PostgresFailureCode, FailureCase[]> = {
  '40001': [
    {
      when: 'the row has changed since the snapshot',
      outcome: 'conflict',
      provoke: async (stage) =>
        finish(await overtaken(stage, withoutRetries(stage.shop.strategy('repeatable-read-retry')))),
    },
  ],
  '40P01': [
    {
      when: 'two transactions wait for each other',
      outcome: 'conflict',
      provoke: async (stage) => {
        const strategy = stage.shop.strategy('select-for-update');
        return finish(await deadlocked(stage, strategy, ({ attempt }) => attempt.finish()));
      },
    },
  ],
  '55P03': [
    {
      when: 'the row is locked for longer than lock_timeout',
      outcome: 'conflict',
      provoke: (stage) => blocked(stage, 'lock-fail-fast'),
    },
  ],
  '57014': [
    {
      when: 'the row is locked for longer than statement_timeout',
      outcome: 'conflict',
      provoke: (stage) => blocked(stage, 'conditional-update', { statementTimeoutMs: 100 }),
    },
  ],
  '23505': [{ when: 'another buyer has the key', outcome: 'conflict', provoke: duplicateKey }],
  '23514': [
    {
      when: 'in the step that writes the stock',
      outcome: 'sold-out',
      provoke: (stage) => alone(stage, 'check-constraint', { quantity: 2 }),
    },
    { when: 'in the step that records the sale', outcome: 'error', provoke: refusedOrder },
  ],
  '53300': [{ when: 'the role may have no connection', outcome: 'error', provoke: withoutRoom }],
  '57P01': [
    {
      when: 'killed in a guarded update',
      outcome: 'indeterminate',
      provoke: (stage) => blocked(stage, 'conditional-update', { act: ({ kill }) => kill() }),
    },
    {
      when: 'killed in a statement before COMMIT',
      outcome: 'error',
      provoke: (stage) => blocked(stage, 'select-for-update', { act: ({ kill }) => kill() }),
    },
  ],
  '57P03': [{ when: 'the server is shutting down', outcome: 'error', provoke: shuttingDown }],
  P2028: [
    { when: 'the transaction was open for too long', outcome: 'conflict', provoke: expired },
    {
      when: 'no connection for the transaction',
      outcome: 'conflict',
      isSlow: true,
      provoke: (stage) => withoutConnection(stage, 'select-for-update'),
    },
  ],
  DatabaseNotReachable: [
    {
      when: 'the port is closed',
      outcome: 'error',
      provoke: (stage) => unreachable(stage, '127.0.0.1'),
    },
    {
      // pg reports it in another way where the name stands for two addresses
      when: 'the port is closed on each address of the name',
      outcome: 'error',
      provoke: (stage) => unreachable(stage, 'localhost'),
    },
  ],
  ConnectionClosed: brokenBy('reset'),
  ConnectionTerminated: brokenBy('shut'),
  NotQueryable: [
    {
      when: 'killed between two statements',
      outcome: 'error',
      provoke: (stage) => killedBefore(stage, 'insert order'),
    },
    {
      when: 'killed before COMMIT is sent',
      outcome: 'error',
      provoke: (stage) => killedBefore(stage, 'commit'),
    },
  ],
  PoolTimeout: [
    {
      when: 'no connection for the statement',
      outcome: 'conflict',
      isSlow: true,
      provoke: (stage) => withoutConnection(stage, 'conditional-update'),
    },
  ],
  ConnectTimeout: [{ when: 'the server stands still', outcome: 'error', isSlow: true, provoke: stalled }],
};

testFailures(POSTGRES_FAILURES, PROVOCATIONS);

/** Brings a strategy that retries to a failure, and to the step in which it backs off. */
const RETRIES: Record<RetryableCode, (stage: Stage) => Promise<Victim>> = {
  '40001': async (stage) => {
    const victim = await overtaken(stage, stage.shop.strategy('repeatable-read-retry'));
    await victim.attempt.runUntil('back off');
    return victim;
  },
  '40P01': (stage) =>
    deadlocked(stage, stage.shop.strategy('serializable-retry'), ({ attempt }) =>
      attempt.runUntil('back off'),
    ),
};

test.for(Object.entries(RETRIES))(
  '%s is tried again, and sold once',
  async ([, provoke], { shop, database, onTestFinished }) => {
    const victim = await provoke({ shop, database, onTestFinished });
    expect(await victim.attempt.finish()).toMatchObject({ outcome: 'accepted', remaining: 0 });
    expect(await victim.rows()).toEqual(SOLD);
  },
);

test('the codes that are tried again are those that the table says', () => {
  const retryable = Object.entries(POSTGRES_FAILURES).filter(([, meaning]) => 'isRetryable' in meaning);
  expect(Object.keys(RETRIES).sort()).toEqual(retryable.map(([code]) => code).sort());
});
