import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { describeStrategy, loadStrategies } from '@/scenarios/registry';
import { projectRoot } from '@/services/env';
import { strategyFolder } from '@/services/process/program';
import { serverProgram } from '../../scripts/bundle.mjs';
import { shopTest as test } from '../fixtures/shop/shop';

const FIRST_COME = `
export default {
  name: 'First come',
  expected: 'safe',
  summary: 'Prisma’s own guarded update.',
  anomaly: 'lost update',
  price: 'Two statements.',
  usedBy: [],
  references: [],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'guarded update': 'decide', 'insert order': 'order' },
  async purchase({ db, step }, { sku, quantity, attemptId }) {
    const [item] = await step('guarded update', () =>
      db.item.updateManyAndReturn({
        where: { sku, stock: { gte: quantity } },
        data: { stock: { decrement: quantity } },
      }),
    );
    if (!item) return { outcome: 'sold-out' };
    const order = await step('insert order', () =>
      db.order.create({ data: { attemptId, sku, quantity, strategy: 'first-come' } }),
    );
    return { outcome: 'accepted', orderId: order.id, remaining: item.stock };
  },
};
`;

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'oversell-strategies-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

test('one more file is all that a new strategy needs', async ({ shop }) => {
  const folder = await folderWith({
    'first-come.ts': FIRST_COME,
    'notes.md': '',
    'first-come.test.ts': 'throw 1',
  });

  const strategies = await loadStrategies({ sources: folder });

  expect([...strategies.keys()]).toEqual(['first-come']);
  const [strategy] = [...strategies.values()];
  if (!strategy) throw new Error('not found');
  expect(describeStrategy(strategy)).toMatchObject({
    id: 'first-come',
    name: 'First come',
    expected: 'safe',
  });
  const sku = await shop.createItem(strategy, 3);
  const results = await Promise.all(Array.from({ length: 10 }, () => shop.buy(strategy, sku)));
  expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(3);
  expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 0 });
});

test('a program that runs keeps the strategies that it was compiled with, whatever comes to its folder', async () => {
  const sources = path.relative(projectRoot, strategyFolder.sources);
  const project = await folderWith({ 'package.json': '{ "version": "0.0.0" }' });
  const programs = path.join(project, 'copy', 'program');
  await cp(path.dirname(serverProgram), programs, { recursive: true });
  await cp(strategyFolder.sources, path.join(project, sources), { recursive: true });
  for (const name of ['node_modules', 'prisma'])
    await symlink(path.join(projectRoot, name), path.join(project, name));
  await writeFile(path.join(project, sources, 'first-come.ts'), FIRST_COME);
  await rm(path.join(project, sources, 'process-mutex.ts'));

  const command = [path.join(programs, 'oversell.mjs'), 'strategies', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: project });

  const listed = (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id);
  expect(listed).toEqual([...(await loadStrategies(strategyFolder)).keys()]);
});

test.for<[string, string]>([
  ['no default export', 'export const strategy = {};'],
  ['no purchase', FIRST_COME.replace('async purchase(', 'async sell(')],
  ['a class of its own', FIRST_COME.replace("'safe'", "'mostly'")],
  ['an unknown kind of step', FIRST_COME.replace("'decide'", "'guess'")],
])('a file with %s is refused by name', async ([, text]) => {
  const folder = await folderWith({ 'broken.ts': text });
  await expect(loadStrategies({ sources: folder })).rejects.toThrow('/broken.ts is not a strategy');
});

test('a step that was not declared is a failure of the attempt, before it runs', async ({ shop }) => {
  const folder = await folderWith({ 'sloppy.ts': FIRST_COME.replace("'guarded update': 'decide', ", '') });
  const strategy = (await loadStrategies({ sources: folder })).get('sloppy');
  if (!strategy) throw new Error('not found');
  const sku = await shop.createItem(strategy, 3);

  expect(await shop.buy(strategy, sku)).toMatchObject({
    outcome: 'error',
    reason: expect.stringContaining('without declaring it') as string,
  });
  expect(await shop.rows(strategy, sku)).toMatchObject({ stock: 3, orders: [] });
});
