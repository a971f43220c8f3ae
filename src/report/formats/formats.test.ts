import { expect, test } from 'vitest';
import { raceReport } from '../../../tests/fixtures/lanes/race-report';
import { REPORT_FORMATS } from './formats';

test('each format has its own id and extension, and writes lines', () => {
  for (const key of ['id', 'extension'] as const)
    expect(new Set(REPORT_FORMATS.map((format) => format[key])).size).toBe(REPORT_FORMATS.length);
  for (const { id, write } of REPORT_FORMATS) expect(write(raceReport()), id).toMatch(/[^\n]\n$/);
});

test('JSON is the report itself', () => {
  const report = raceReport();
  const json = REPORT_FORMATS.find(({ id }) => id === 'json')?.write(report);
  expect(JSON.parse(json ?? '')).toEqual(report);
});
