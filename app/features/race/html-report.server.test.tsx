import { expect, test } from 'vitest';
import { openFile } from '@/history-file/open-file';
import { raceOfHistory } from '@/history-file/race-of-history';
import { readHistory } from '@/history-file/read-history';
import { reportRace } from '@/report/race-report';
import { writeSketch } from '../../../tests/fixtures/lanes/history-file';
import { ordersFor, type AttemptSketch } from '../../../tests/fixtures/lanes/history';
import { hostileReport, raceReport } from '../../../tests/fixtures/lanes/race-report';
import { renderHtmlReport } from './html-report.server';

const LARGEST_BYTES = 1_000_000;
/** Unit tests leave the styles out. */
const STYLES_BYTES = 45_000;

const findNothing = () => undefined;

test('a report of 30 lanes that all broke has less than a megabyte', async () => {
  const attempts = Array.from({ length: 1_000 }, (_, n): AttemptSketch => {
    const call = n * 7_400 + (n % 7) * 300;
    const times = { at: [call, call + 40_000], window: [call + 1_000, call + 30_000] } as const;
    const seenStock = Math.max(1, 100 - Math.floor(n / 8));
    return {
      outcome: 'accepted',
      ...structuredClone(times),
      seenStock,
      remaining: seenStock - 1,
    } as AttemptSketch;
  });
  const orders = ordersFor(attempts.map((_, n) => n));
  const final = { initialStock: 100, finalStock: 0, orders };
  const file = await writeSketch({ attempts, final });
  const { race } = await raceOfHistory(readHistory([file]), findNothing);
  const [lane] = race.lanes;
  if (!lane) throw new Error('no lane');
  const lanes = Array.from({ length: 30 }, (_, index) => ({ ...lane, index }));
  const demands = { expect: 'safe', invariants: [], thresholds: [] } as const;
  const html = renderHtmlReport(reportRace({ ...race, lanes }, demands, 'oversell 0.1.0'));

  expect(lane.verdict.status).toBe('violated');
  expect(lane.series.length).toBeGreaterThan(290);
  expect(Buffer.byteLength(html)).toBeLessThan(LARGEST_BYTES - STYLES_BYTES);
});

test('the report that a page holds can be read again, whatever is in it', async () => {
  const text = '</script><img src=x onerror=alert(1)><!-- "\u2028\u0000';
  for (const report of [raceReport(), hostileReport(text)]) {
    const html = renderHtmlReport(report);
    expect(html).not.toMatch(/<img|<!--/);
    expect(html.match(/<script[^>]*>/g)).toEqual(['<script type="application/json" id="oversell-report">']);
    expect(await openFile(new Blob([html]), findNothing)).toEqual({
      kind: 'page',
      report: JSON.parse(JSON.stringify(report)) as object,
    });
  }
});

test('says neither a plan nor a start that are not known', () => {
  const known = renderHtmlReport(raceReport());
  expect(known).toContain('100 buyers at once');
  expect(known).toContain('2026-01-02 03:04:06 UTC');
  const unknown = renderHtmlReport({ ...raceReport({ race: { startedAt: null } }), hasPlan: false });
  expect(unknown).not.toContain('buyers at once');
  expect(unknown).not.toContain('started');
});
