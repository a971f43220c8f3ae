import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toMarkdown } from '@/report/formats/markdown';
import { describeReport, readSavedReport } from '@/report/read-report';
import { projectRoot } from '@/services/env';
import { commandIo } from '../../tests/fixtures/command-io';
import { CANCELLED_LANE, OK_LANE, raceReport } from '../../tests/fixtures/lanes/race-report';
import { compareReports } from './compare-reports';
import { EXIT } from './exit-code';
import { readSaved } from './saved-report';

const WITHOUT_PLAN = join(projectRoot, 'tests/fixtures/lanes/histories/taken-behind-the-shop.ndjson');

test('the report of a history without a plan has no figures of one, and supports no comparison', async () => {
  const saved = await readSaved(WITHOUT_PLAN, 'oversell 0.0.0', commandIo().io);
  if (saved.kind !== 'race') throw new Error('no race');
  const { report } = saved;
  expect(report.hasPlan).toBe(false);
  expect(readSavedReport(JSON.stringify(report)).report).toMatchObject({ hasPlan: false });
  expect(toMarkdown(report)).toMatch(/^### Race finished\n\nload plan not known\n/);
  for (const [one, other] of [
    [report, report],
    [raceReport(), report],
    [report, raceReport()],
  ] as const) {
    const { code, text } = compareReports(one, other);
    expect(code).toBe(EXIT.inconclusive);
    expect(text).toContain('No claim: the plan of a race is not known.');
  }
});

test('a comparison with a lane that was not run passes nothing', () => {
  const ok = raceReport({ lanes: [OK_LANE] });
  const notRun = raceReport({ lanes: [{ ...CANCELLED_LANE, strategy: OK_LANE.strategy }] });
  const { code, text } = compareReports(ok, notRun);
  expect(code).toBe(EXIT.inconclusive);
  expect(text).toContain('  verdict: ok, now not run\n');
  expect(compareReports(ok, ok).code).toBe(EXIT.pass);
});

test('the schema of a report is kept as the program makes it', async () => {
  const kept = await readFile(join(projectRoot, 'docs', 'oversell.report.schema.json'), 'utf8');
  expect(JSON.parse(kept)).toEqual(describeReport());
});
