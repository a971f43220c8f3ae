import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyColumns } from '@/model/columns';
import { projectRoot } from '@/services/env';
import { readLanes } from '../../tests/fixtures/lanes/history-file';
import { auditHistory } from './audit-history';
import { finalLine, headerLine } from './format';

const doc = readFileSync(join(projectRoot, 'docs/history-format.md'), 'utf8');

test('the example of docs/history-format.md is a file, and its verdict is the one given there', async () => {
  const [, example = ''] = /```json\n(.*?)```/s.exec(doc) ?? [];
  const [lane, ...more] = await readLanes(example);
  expect(more).toEqual([]);
  if (!lane) throw new Error('the example has no lane');
  const { verdict } = auditHistory(lane);
  const told = verdict.findings.map(({ kind, count }) => `\`${kind}\` ${count}`).join(' and ');
  expect(doc).toContain(`It is \`${verdict.status}\`: ${told}.`);
  expect(lane.sealed).toBe(false);
});

test('every key of the format is in docs/history-format.md', () => {
  const { count: _count, ...columns } = emptyColumns(0);
  const keys = [headerLine.shape, columns, finalLine.shape.final.shape].flatMap((keyed) =>
    Object.keys(keyed),
  );
  expect(keys.filter((key) => !doc.includes(`\`${key}\``))).toEqual([]);
});
