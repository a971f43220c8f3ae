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
  expect(text).toContain('  verdict: ok (EXACT), now not run\n');
  expect(compareReports(ok, ok).code).toBe(EXIT.pass);
});

test('a shop that stops selling is worse, though it broke nothing', () => {
  const { plan } = raceReport().race;
  const counts = { ...OK_LANE.counts, attempts: 200, accepted: 100, soldOut: 100 };
  const liveness = {
    ...{ undersold: 0, turnedAway: 0, failedInStock: 0, falseSoldOut: 0, conflicts: 0 },
    ...{ demand: 200, retriesPerSale: 0, worstAttempt: null, mostRetries: null },
  };
  const before = { ...OK_LANE, counts, liveness };
  const now = {
    ...before,
    counts: { ...counts, accepted: 42, soldOut: 158 },
    orders: { count: 42, quantity: 42 },
    stock: { initial: 100, final: 58 },
    liveness: { ...liveness, undersold: 158 },
  };
  const [earlier, later] = [before, now].map((lane) => raceReport({ lanes: [lane], race: { plan } }));
  if (!earlier || !later) throw new Error('no reports');

  const { code, text } = compareReports(earlier, later);

  expect(text).toContain('  verdict: ok (EXACT), now ok (UNDERSOLD −58)\n');
  expect(text).toContain('  refused while units were left: 0, now 158 (worse)\n');
  expect(code).toBe(EXIT.threshold);
  expect(compareReports(later, earlier).code).toBe(EXIT.pass);
  expect(compareReports(later, later).text).toContain(
    '  refused while units were left: 158, now 158 (No claim: both refused buyers, and chance decides how often)\n',
  );
});

test('the schema of a report is kept as the program makes it', async () => {
  const kept = await readFile(join(projectRoot, 'docs', 'oversell.report.schema.json'), 'utf8');
  expect(JSON.parse(kept)).toEqual(describeReport());
});
