import { expect } from 'vitest';
import { LEVELS } from '@/model/isolation';
import { explorerTest as test } from '../fixtures/explorer/explorer';

/** Published by Hermitage for PostgreSQL: an anomaly is in the row of the levels that let it happen. */
const PUBLISHED = {
  'READ COMMITTED': [
    'PMP',
    'PMP (write)',
    'P4',
    'G-single',
    'G-single (predicate)',
    'G-single (write)',
    'G2-item',
    'G2',
    'G2 (two edges)',
  ],
  'REPEATABLE READ': ['G2-item', 'G2', 'G2 (two edges)'],
  SERIALIZABLE: [],
};

test('the stepper finds the anomalies of each isolation level that are published, and no other', async ({
  lab,
}) => {
  const report = await lab.explorer.testIsolation();

  const found = Object.fromEntries(
    LEVELS.map((level) => [
      level,
      report.cases
        .filter(({ cells }) => cells.some((cell) => cell.level === level && cell.occurs))
        .map(({ id }) => id),
    ]),
  );
  expect(found).toEqual(PUBLISHED);
  expect(report.equalsPublished).toBe(true);
  expect(report.cases).toHaveLength(14);
  expect(report.version).toMatch(/^\d+\.\d+/);
});

test('a transcript says who waited for whom, and what failed', async ({ lab }) => {
  const { cases } = await lab.explorer.testIsolation();
  const lost = cases.find(({ id }) => id === 'P4')?.cells.find(({ level }) => level === 'REPEATABLE READ');

  const waiting = lost?.moves.find(({ waitsFor }) => waitsFor.length > 0);
  expect(waiting).toMatchObject({ actor: 'T2', waitsFor: ['T1'] });
  // what came of it is not known before T1 has committed
  expect(waiting?.sql.map(({ error, rowCount }) => ({ error, rowCount }))).toEqual([{}]);
  const commit = lost?.moves.find(({ actor, step }) => actor === 'T1' && step === 'commit');
  const failed = { hasWaited: true, error: expect.stringContaining('40001') as string };
  expect(commit?.woke).toMatchObject([{ actor: 'T2', sql: [failed, { text: 'ROLLBACK' }] }]);
});
