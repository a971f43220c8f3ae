// Comma-separated values by RFC 4180, for spreadsheets and data frames. The entry of csv-stringify is the one for
// browsers, which Node loads too: it brings its own Buffer.
import { stringify } from 'csv-stringify/browser/esm/sync';
import type { LaneView } from '@/model/race';
import { LANE_METRICS } from '../lane-metrics';
import { ASSERTION_RESULTS, assertionsOf, type Assertion, type RaceReport } from '../race-report';
import { describeLane } from '../verdict-words';

type Cell = string | number | null;

/**
 * A row for each lane, below a row of names. Figures are plain numbers, and empty where a lane does not have them. A
 * text that a spreadsheet would take for a formula gets an apostrophe before it
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export function toCsv(report: RaceReport): string {
  const rows = report.race.lanes.map((lane) => toRow(report, lane));
  return stringify([COLUMNS, ...rows], {
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/,
    escape_formulas: true,
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

/** `met` if all are; null where nothing was demanded. */
function worstOf(assertions: readonly Assertion[]): Assertion['result'] | null {
  return ASSERTION_RESULTS.find((worst) => assertions.some(({ result }) => result === worst)) ?? null;
}
