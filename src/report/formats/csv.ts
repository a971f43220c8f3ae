// Comma-separated values by RFC 4180, for spreadsheets and data frames. The entry of csv-stringify is the one for
// browsers, which Node loads too: it brings its own Buffer.
import { stringify } from 'csv-stringify/browser/esm/sync';
import type { LaneView } from '@/model/race';
import { LANE_METRICS } from '../lane-metrics';
import { assertionsOf, worstOf, type RaceReport } from '../race-report';
import { describeLane } from '../verdict-words';
import { replaceControls } from './control-characters';

type Cell = string | number | null;

/**
 * A row for each lane, below a row of names. Figures are plain numbers, and empty where a lane does not have them. A
 * text that a spreadsheet would take for a formula gets an apostrophe before it
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export function toCsv(report: RaceReport): string {
  return writeCsv(
    COLUMNS,
    report.race.lanes.map((lane) => toRow(report, lane)),
  );
}

/** Rows below a row of names. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function writeCsv(names: readonly string[], rows: readonly Cell[][]): string {
  return stringify([names, ...rows], {
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/,
    escape_formulas: true,
    cast: { string: replaceControls },
  });
}

const COLUMNS = [
  ...['race', 'lane', 'strategy', 'expected', 'role', 'word', 'verdict', 'reason'],
  ...Object.keys(LANE_METRICS),
  'demands',
];

function toRow(report: RaceReport, lane: LaneView): Cell[] {
  const { index, strategy, expected, role, verdict } = lane;
  const { word, reason } = describeLane(lane);
  return [
    ...[report.race.id, index, strategy, expected, role, word, verdict.status, reason],
    ...Object.values(LANE_METRICS).map(({ read }) => read(lane)),
    worstOf(assertionsOf(report, lane)),
  ];
}
