import { randomInt } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import type { ExplorationView } from '@/model/exploration';
import { PLAN_DEFAULTS } from '@/plan/catalogue-plans';
import { holdInstanceLease } from '@/services/postgres/instance-lease';
import { createPrisma } from '@/services/postgres/prisma';
import { createExplorationStore } from '@/store/exploration-store';
import { findDeadOwners } from '@/store/orphans';
import { databaseTest as test } from '../fixtures/database/database';

const running = (id: string): ExplorationView => ({
  id,
  status: 'running',
  reason: null,
  createdAt: new Date().toISOString(),
  startedAt: new Date().toISOString(),
  finishedAt: null,
  plan: { ...PLAN_DEFAULTS, strategy: 'read-then-write' },
  progress: { run: 3, open: 2, violated: 1 },
  result: null,
});

test('explorations of a server that died are interrupted, and those of one that lives are not', async ({
  database,
}) => {
  const db = createPrisma(database.url, { size: 2, name: 'exploration store' });
  onTestFinished(() => db.$disconnect());
  const alive = await holdInstanceLease(database.url);
  onTestFinished(() => alive.close());
  const store = createExplorationStore(db);
  await store.save(running('alive'), alive.key);
  await store.save(running('dead'), randomInt(1, 2 ** 31 - 1));

  const dead = await findDeadOwners(db, alive.lockClass);
  expect((await findDeadOwners(db, alive.lockClass, [alive.key, 17])).sort()).toEqual([...dead, 17].sort());
  expect(await store.interruptOrphans(dead, 'the server ended')).toEqual(['dead']);

  expect(await store.get('dead')).toMatchObject({
    status: 'interrupted',
    reason: 'the server ended',
    progress: { run: 3, open: 2, violated: 1 },
  });
  expect(await store.get('alive')).toMatchObject({ status: 'running', finishedAt: null });
  expect((await store.list({ limit: 10 })).map(({ id }) => id).sort()).toEqual(['alive', 'dead']);
});
