import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hostileReport,
  hostileText,
  MIXED_LANES,
  raceReport,
  VIOLATED_LANE,
} from '../../../tests/fixtures/lanes/race-report';
import { LANE_METRICS } from '../lane-metrics';
import type { RaceReport } from '../race-report';
import { replaceControls } from './control-characters';
import { toCsv } from './csv';

/** A reader of RFC 4180 that accepts nothing else. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const found = field.exec(text);
    if (!found) throw new Error(`no field at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
    record.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}

/** The rows of a report by the names of their columns. */
function readRows(report: RaceReport): Record<string, string>[] {
  const [names = [], ...rows] = readCsv(toCsv(report));
  return rows.map((row) => {
    expect(row).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, i) => [name, row[i] ?? '']));
  });
}

describe('a report as CSV', () => {
  test('has a row for each lane, with its verdict and whether it meets the demands', () => {
    const rows = readRows(raceReport());
    expect(rows.map(({ strategy, word, verdict, demands }) => [strategy, word, verdict, demands])).toEqual([
      ['read-then-write', 'OVERSOLD', 'violated', 'broken'],
      ['conditional-update', 'EXACT', 'ok', 'met'],
      ['advisory-lock', 'INCONCLUSIVE', 'inconclusive', 'undecided'],
      ['redis-decr', 'NOT RUN', 'inconclusive', 'broken'],
    ]);
    expect(rows[1]).toMatchObject({
      race: 'b6f1c2',
      lane: '1',
      expected: 'safe',
      role: 'contestant',
      reason: 'Sold exactly 100 of 100 units.',
    });
  });

  test('has every figure as a plain number, and nothing where the lane does not have it', () => {
    const rows = readRows(raceReport());
    MIXED_LANES.forEach((lane, i) => {
      for (const [name, { read }] of Object.entries(LANE_METRICS))
        expect(rows[i]?.[name], name).toBe(read(lane)?.toString() ?? '');
    });
    expect(rows[0]).toMatchObject({ attempts: '1000', p99: '120.5', oversold: '91', correctedP99: '' });
    expect(rows[3]).toMatchObject({ oversold: '', p99: '', stock: '' });
  });

  test('says nothing of demands where a lane has none', () => {
    const lanes = [{ ...VIOLATED_LANE, role: 'control' as const }];
    expect(readRows(raceReport({ lanes }))).toMatchObject([{ role: 'control', demands: '' }]);
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('leaves no formula of %j', (text) => {
    expect(readRows(hostileReport(text))[0]?.strategy).toBe(`'${text}`);
  });

  test('leaves no control character', () => {
    expect(readRows(hostileReport('a\u0000b\u001b[31mc\u0085'))[0]?.strategy).toBe(
      'a\ufffdb\ufffd[31mc\ufffd',
    );
  });

  test('leaves a negative number one', () => {
    const lanes = [{ ...VIOLATED_LANE, stock: { initial: 100, final: -91 } }];
    expect(readRows(raceReport({ lanes }))[0]?.stock).toBe('-91');
  });

  test('can be read back whatever a text holds', () => {
    fc.assert(
      fc.property(hostileText('",\r\n=-\'a\u2028;'), (text) => {
        const [row] = readRows(hostileReport(text));
        const kept = replaceControls(text);
        expect(row?.strategy === kept || row?.strategy === `'${kept}`).toBe(true);
        expect(row?.strategy).not.toMatch(/^[=+\-@\t\r]/);
        expect(row?.reason).toContain(kept);
      }),
    );
  });
});
