import { expect, test } from 'vitest';
import { raceReport } from '../../tests/fixtures/lanes/race-report';
import { writeSketch } from '../../tests/fixtures/lanes/history-file';
import { ordersFor, type LaneSketch } from '../../tests/fixtures/lanes/history';
import { findBottleneck } from '@/model/bottleneck';
import { openFile } from './open-file';

const findNothing = () => undefined;
const open = (content: string | Uint8Array<ArrayBuffer>) => openFile(new Blob([content]), findNothing);

/** Two of three buyers sell the only unit from one state. */
const OVERSOLD: LaneSketch = {
  attempts: [
    { outcome: 'accepted', window: [1, 8], seenStock: 1, seenVersion: 1, remaining: 0, told: 1 },
    { outcome: 'sold-out', window: [2, 3] },
    { outcome: 'accepted', window: [2, 9], seenStock: 1, seenVersion: 1, remaining: 0, told: 2 },
  ],
  final: { initialStock: 1, finalStock: 0, orders: ordersFor([0, 2]) },
};

test('a history in memory returns what its server would: evidence, an attempt, and the evidence that names it', async () => {
  const file = await writeSketch(OVERSOLD, { raceId: 'r', stepNames: ['read'] });
  const shares: number[] = [];
  const opened = await openFile(new Blob([file as Uint8Array<ArrayBuffer>]), findNothing, (share) =>
    shares.push(share),
  );
  if (opened.kind !== 'history') throw new Error(opened.kind);
  const { history } = opened;

  expect(shares).toEqual([0]);
  expect(history.attemptPrefixes()).toEqual(['lane-']);
  expect(history.requests()[0]?.outcome).toEqual(Uint8Array.of(0, 1, 0));
  const { total, evidence } = history.listEvidence(0, 'oversold', { offset: 0, limit: 5 });
  expect([total, evidence[0]?.attemptId]).toEqual([1, 'lane-2']);
  expect(history.listEvidence(0, 'losses', { offset: 0, limit: 5 }).total).toBe(1);
  expect(history.listNaming(0, 2).pieces.map(({ kind }) => kind)).toContain('oversold');
  expect(history.listNaming(0, 1).total).toBe(0);
  expect(history.readAttempt(0, 2)).toMatchObject({
    ...{
      raceId: 'r',
      attemptId: 'lane-2',
      seq: 2,
      outcome: 'accepted',
      orderId: '2',
      remaining: 0,
      code: {},
    },
    orders: [{ orderId: '2', attemptId: 'lane-2', quantity: 1, createdAt: '' }],
  });
  expect(() => history.readAttempt(0, 9)).toThrow('The file holds no attempt 9 in lane 0.');
  expect(() => history.readAttempt(3, 0)).toThrow('The file holds no lane 3.');
});

test('the reader recognises a report and a race, and reads each as it was written', async () => {
  const report = raceReport();
  const saved = JSON.parse(JSON.stringify(report)) as typeof report;
  expect(await open(JSON.stringify(report, null, 2))).toEqual({ kind: 'report', report: saved });
  expect(await open(JSON.stringify({ ...report.race, url: '/races/x' }))).toMatchObject({
    kind: 'report',
    report: { race: saved.race, assertions: [], collision: null },
  });
});

test('a report with anything else in the place of a value is refused, and says where', async () => {
  const damaged = JSON.parse(JSON.stringify(raceReport())) as { race: { lanes: Record<string, unknown>[] } };
  for (const [key, value] of Object.entries(damaged.race.lanes[0] ?? {})) {
    // of no use to a page
    if (key === 'finalRows' || key === 'histograms') continue;
    const lanes = [
      { ...damaged.race.lanes[0], [key]: typeof value === 'object' && value !== null ? 7 : { a: [] } },
    ];
    const saved = JSON.stringify({ ...damaged, race: { ...damaged.race, lanes } });
    await expect(open(saved), key).rejects.toThrow(`The report is damaged: race.lanes.0.${key}`);
  }
  const series = { ...(damaged.race.lanes[0]?.series as object), length: 900 };
  const stretched = { ...damaged.race, lanes: [{ ...damaged.race.lanes[0], series }] };
  await expect(open(JSON.stringify({ ...damaged, race: stretched }))).rejects.toThrow(
    'columns of another length',
  );
});

test('a page whose report is cut off, damaged or too large is refused', async () => {
  const page = (data: string) =>
    `<!doctype html><script type="application/json" id="oversell-report">${data}`;
  await expect(open(page('{"gzip":"H4s'))).rejects.toThrow('The page is cut off within its report.');
  for (const data of ['{"gzip":"H4s"}', '{"gzip":7}', 'null', '{', '{"gzip":"%"}'])
    await expect(open(`${page(data)}</script>`)).rejects.toThrow('The report in the page is damaged.');
});

test('a report of a lane that nothing slowed down opens', async () => {
  const report = raceReport();
  const calm = { cpu: 0.1, delayP99Ms: 1 };
  for (const lane of report.race.lanes) lane.bottleneck = findBottleneck(calm, calm, { shared: false });
  expect(report.race.lanes[0]?.bottleneck?.limitedBy).toBeNull();
  const opened = await open(JSON.stringify(report));
  expect(opened).toMatchObject({ kind: 'report' });
});
