import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { findStepSource } from './step-source';

const SOURCE = `
  async purchase({ db, step }) {
    const seen = await step('read stock', () =>
      db.item.findFirst({ where: { sku }, select: { stock: true } }),
    );
    const rows = await step(
      'write stock',
      () => db.$queryRaw<Row[]>\`
        update items set stock = stock - 1 -- not a ) that counts
        where sku = \${sku}
        returning stock\`,
    );
    await step('think', think);
    for (;;) await step("read stock", () => db.item.count());
  }`;

it('is the statement alone, without wrapping and indentation', () => {
  expect(findStepSource(SOURCE, 'write stock')).toEqual([
    [
      'db.$queryRaw<Row[]>`',
      '  update items set stock = stock - 1 -- not a ) that counts',
      '  where sku = ${sku}',
      '  returning stock`',
    ].join('\n'),
  ]);
  expect(findStepSource(SOURCE, 'think')).toEqual(['think']);
});

it('has every place that takes the step, and nothing for a step that the file does not name', () => {
  expect(findStepSource(SOURCE, 'read stock')).toEqual([
    'db.item.findFirst({ where: { sku }, select: { stock: true } })',
    'db.item.count()',
  ]);
  expect(findStepSource(SOURCE, 'commit')).toEqual([]);
  expect(findStepSource(SOURCE, 'read.stock')).toEqual([]);
});

it('finds the statement in a real strategy', async () => {
  const source = await readFile(
    new URL('../scenarios/inventory/strategies/select-for-update.ts', import.meta.url),
    'utf8',
  );
  const [code = ''] = findStepSource(source, 'lock row');
  expect(code).toContain('for update');
  expect(code).not.toContain('step(');
});
