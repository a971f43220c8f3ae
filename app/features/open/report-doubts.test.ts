import { expect, test } from 'vitest';
import { OK_LANE, raceReport, VIOLATED_LANE } from '../../../tests/fixtures/lanes/race-report';
import { findReportDoubts } from './report-doubts';

test('a verdict that does not follow from the figures beside it is contradicted', () => {
  const doubt = (change: object) =>
    findReportDoubts(raceReport({ lanes: [{ ...OK_LANE, ...change }] })).contradictions;
  expect(findReportDoubts(raceReport()).contradictions).toEqual([]);
  expect(doubt({ orders: { count: 130, quantity: 130 } })).toEqual([
    'The lane of Conditional update is called ok, but by its own figures it sold 30 units beyond the stock.',
  ]);
  expect(doubt({ verdict: { ...VIOLATED_LANE.verdict, status: 'ok' } })[0]).toContain('but lists findings');
  expect(doubt({ verdict: { ...OK_LANE.verdict, status: 'violated' } })[0]).toContain('but lists no finding');
  expect(doubt({ oversold: 5 })[0]).toContain('it oversold 5 units; by its own figures it oversold 0');
});

test('a report says that it holds no requests, and no attempts where it has evidence without them', () => {
  const evidence = [{ attemptId: 'a', note: 'n' }];
  const findings = VIOLATED_LANE.verdict.findings.map((finding) => ({ ...finding, evidence }));
  const lane = { ...VIOLATED_LANE, verdict: { ...VIOLATED_LANE.verdict, findings } };
  expect(findReportDoubts(raceReport({ lanes: [OK_LANE] })).lacks).toHaveLength(1);
  expect(findReportDoubts(raceReport({ lanes: [lane] })).lacks[1]).toBe(
    'It does not hold the attempts behind its evidence.',
  );
});
