import { styleText } from 'node:util';
import { toDescribedLane } from '@/history-file/described-lane';
import type { LaneFile } from '@/history-file/format';
import { printable } from '@/history-file/printable';
import type { AuditResult, CheckSummary, Evidence, Finding, VerdictTone } from '@/model/verdict';
import { countFound, countOf, FINDING_NAMES, formatNumber } from '@/model/wording';
import { describeLane } from '@/report/verdict-words';

type Style = Parameters<typeof styleText>[0];

/** Writes text in a style. */
export type Paint = (style: Style, text: string) => string;

/** Only text that has been made printable is painted: an escape sequence in the output is one of ours. */
export function paintIn(color: boolean): Paint {
  return (style, text) => {
    const shown = printable(text);
    return color ? styleText(style, shown, { validateStream: false }) : shown;
  };
}

/** The style of each tone of a lane's state. */
export const TONE_STYLES: Record<VerdictTone, Style> = {
  violated: 'red',
  ok: 'green',
  held: 'bold',
  caution: 'yellow',
  inconclusive: 'yellow',
  waiting: 'dim',
};
const CHECK: Record<CheckSummary['status'], Style> = {
  held: 'green',
  broken: 'red',
  undecided: 'yellow',
  'not-applicable': 'dim',
};

const STATUS_WIDTH = 'not-applicable'.length;

/** A lane's verdict for a person at a terminal: reason, findings with their evidence, checks. */
export function formatLane(lane: LaneFile, result: AuditResult, color: boolean): string {
  const paint = paintIn(color);
  const { verdict, orders } = result;
  const { header, history, final, sealed } = lane;
  const { tone, word, figure, reason } = describeLane(toDescribedLane(lane, result));
  const race = header.raceId === undefined ? '' : ` of race ${header.raceId}`;
  const lines = [
    paint('bold', `Lane ${header.lane}${race}: ${header.strategy}`),
    `${paint(TONE_STYLES[tone], `${word} ${figure}`.trim())} ${printable(reason)}`,
    `  ${countOf(history.count, 'attempt')}, ${countOf(orders.count, 'order')} of ${countOf(orders.quantity, 'unit')}; ${describePath(final)}`,
    ...(sealed ? [] : ['  The file has no digest for this lane: nothing shows whether it was changed.']),
    ...verdict.findings.flatMap((finding) => formatFinding(finding, paint)),
    '  Checks',
    ...result.checks.map((check) => formatCheck(check, paint)),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** `stock 2, then 0`; with units added `stock 2, 1 added, then 0` */
function describePath({ initialStock, restocked = 0, finalStock }: LaneFile['final']): string {
  const added = restocked === 0 ? '' : `, ${formatNumber(restocked)} added`;
  return `stock ${formatNumber(initialStock)}${added}, then ${formatNumber(finalStock)}`;
}

function formatFinding(finding: Finding, paint: Paint): string[] {
  const { kind, message, evidence } = finding;
  return [
    `  ${paint('bold', `${FINDING_NAMES[kind]} ${countFound(finding)}`)} ${printable(message)}`,
    ...evidence.map((piece) => `    ${printable(formatEvidence(piece))}`),
  ];
}

function formatEvidence({ attemptId, otherAttemptId, orderId, note }: Evidence): string {
  const who = [
    attemptId !== undefined && `attempt ${attemptId}`,
    otherAttemptId !== undefined && `attempt ${otherAttemptId}`,
    orderId !== undefined && `order ${orderId}`,
  ].filter((part) => part !== false);
  return who.length === 0 ? note : `${who.join(', ')}: ${note}`;
}

function formatCheck({ no, title, status, why }: CheckSummary, paint: Paint): string {
  const word = paint(CHECK[status], status.padEnd(STATUS_WIDTH));
  return `  ${String(no).padStart(4)} ${word} ${printable(why === undefined ? title : `${title}: ${why}`)}`;
}
