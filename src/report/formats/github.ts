// Workflow commands of GitHub Actions, which a run shows as annotations, escaped as `command.ts` of actions/toolkit does:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
// GitHub shows the first ten of each kind of a step.
import type { LaneView } from '@/model/race';
import { assertionsOf, mayBreak, type Assertion, type RaceReport } from '../race-report';
import { describeOutcome, nameDemand, nameLane, nameVerdict } from '../report-words';
import { describeLane } from '../verdict-words';

/**
 * A line for each violated lane that may not break, for each demand that is not met, and for the outcome; with a line
 * feed after each.
 */
export function toGithubAnnotations(report: RaceReport): string {
  const { lanes } = report.race;
  return [
    ...lanes.flatMap((lane) => annotateLane(report, lane)),
    annotate(
      'notice',
      describeOutcome(report),
      lanes.map((lane) => `${nameLane(lane)}: ${nameVerdict(lane)}`),
    ),
  ].join('');
}

function annotateLane(report: RaceReport, lane: LaneView): string[] {
  const title = (what: string) => `${nameLane(lane)}: ${what}`;
  const isError = lane.status === 'finished' && lane.verdict.status === 'violated' && !mayBreak(report, lane);
  return [
    ...(isError ? [annotate('error', title(nameVerdict(lane)), [describeLane(lane).reason])] : []),
    ...assertionsOf(report, lane).flatMap((assertion) => {
      const kind = ANNOTATION_KINDS[assertion.result];
      return kind ? [annotate(kind, title(nameDemand(assertion)), [assertion.why])] : [];
    }),
  ];
}

const ANNOTATION_KINDS = { broken: 'error', undecided: 'warning', met: null } as const satisfies Record<
  Assertion['result'],
  string | null
>;

/** One annotation, with a line feed. */
export function annotate(
  kind: 'error' | 'warning' | 'notice',
  title: string,
  lines: readonly string[],
): string {
  return `::${kind} title=${escapeProperty(title)}::${escapeData(lines.join('\n'))}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
