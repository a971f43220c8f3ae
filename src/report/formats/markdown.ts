// GitHub's Markdown, for a comment on a pull request or the clipboard.
import type { LaneView } from '@/model/race';
import { countFound, FINDING_NAMES, formatNumber } from '@/model/wording';
import { LANE_METRICS, sayFigure } from '../lane-metrics';
import { describePlan } from '../plan-words';
import { assertionsOf, type RaceReport } from '../race-report';
import { describeOutcome, nameDemand, nameLane, nameVerdict } from '../report-words';

/** Figures of the table, beside the verdict and what was sold. */
const FIGURES = ['p99', 'acceptedPerS', 'retries'].flatMap((id) => LANE_METRICS[id] ?? []);

/**
 * The outcome as a heading, the plan in one line, a table of the lanes, the demands that are not met, and what was
 * found in violated lanes.
 */
export function toMarkdown(report: RaceReport): string {
  const { race } = report;
  const paragraphs = [
    `### ${escapeMarkdown(describeOutcome(report))}`,
    ...(race.reason === null ? [] : [escapeMarkdown(race.reason)]),
    report.hasPlan === false
      ? 'load plan not known'
      : escapeMarkdown(describePlan(race.plan, race.poolSize).join(' · ')),
    writeLanes(race.lanes),
    ...writeList(
      'Demands that are not met',
      race.lanes.flatMap((lane) => listUnmet(report, lane)),
    ),
    ...writeList('Findings', race.lanes.flatMap(listFindings)),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function writeLanes(lanes: readonly LaneView[]): string {
  const rows = lanes.map((lane) => [
    nameLane(lane),
    nameVerdict(lane),
    saySold(lane),
    ...FIGURES.map((metric) => sayFigure(metric, lane) ?? '–'),
  ]);
  return writeTable(['strategy', 'verdict', 'units sold', ...FIGURES.map(({ about }) => about)], 2, rows);
}

/** A table whose first columns are texts, and the others numbers. */
export function writeTable(
  names: readonly string[],
  texts: number,
  rows: readonly (readonly string[])[],
): string {
  const sides = names.map((_, i) => (i < texts ? '---' : '---:'));
  return [names, sides, ...rows.map((cells) => cells.map(escapeMarkdown))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Before the audit the final rows have not been read: a dash, never a zero. */
function saySold({ status, orders, stock }: LaneView): string {
  if (status !== 'finished') return '–';
  return `${formatNumber(orders.quantity)} of ${formatNumber(stock.initial)}`;
}

function listUnmet(report: RaceReport, lane: LaneView): string[] {
  return assertionsOf(report, lane)
    .filter(({ result }) => result !== 'met')
    .map((assertion) => `${nameLane(lane)}: ${nameDemand(assertion)} ${assertion.result}: ${assertion.why}`);
}

function listFindings(lane: LaneView): string[] {
  if (lane.verdict.status !== 'violated') return [];
  return lane.verdict.findings.map(
    (finding) =>
      `${nameLane(lane)}: ${FINDING_NAMES[finding.kind]} ${countFound(finding)}: ${finding.message}`,
  );
}

/** A list below its title; nothing where it is empty. */
export function writeList(title: string, items: readonly string[]): string[] {
  return items.length === 0
    ? []
    : [`**${title}**`, items.map((item) => `- ${escapeMarkdown(item)}`).join('\n')];
}

/** A space without width. It keeps apart what GitHub would read as one. */
const BREAK = '\u200b';

/**
 * A text in one line that shows as it is, wherever in a paragraph, list or table it stands: no markup, HTML, link,
 * mention, reference to an issue, or short code of an emoji. Control and formatting characters become spaces.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim()
    .replace(/[@#]|:(?=\/\/|[\w+-]+:)|www(?=\.)/gi, `$&${BREAK}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~$]|^[-+=]|(?<=^\d+)[.)](?= |$)/g, '\\$&')
    .replaceAll(BREAK, '&#8203;');
}
