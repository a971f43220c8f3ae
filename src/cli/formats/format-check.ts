import { printable } from '@/history-file/printable';
import type { CheckResult, CheckSchedule, PatternMatch } from '@/model/app-check';
import { countOf, formatNumber } from '@/model/wording';
import { describeMove } from '@/report/check-moves';
import { APP_FINDING_NAMES, PATTERN_WORDS } from '@/report/check-words';
import { paintIn } from '../formats/format-lane';
import type { Paint } from '../formats/format-lane';
import { toColumns } from './text-columns';

const TONES = { violated: 'red', ok: 'green', inconclusive: 'yellow' } as const;

/** The result of a check, for a person at a terminal: verdict, the schedule with the requests side by side, and what to change. */
export function formatCheck(result: CheckResult, color: boolean, width = 120): string {
  const paint = paintIn(color);
  const { verdict, reason, requests, explored, app, notes } = result;
  const simplest = result.schedule ?? explored?.simplest;
  const statements = requests.map(
    ({ request, title }, i) => `  T${request}  ${title}  (${countOf(app.statements[i] ?? 0, 'statement')})`,
  );
  const lines = [
    `${paint(TONES[verdict], verdict.toUpperCase())}  ${printable(reason)}`,
    '',
    ...statements.map(printable),
    ...(explored ? ['', ...formatOutcomes(explored, paint)] : []),
    ...(simplest ? ['', ...formatSchedule(simplest, requests.length, paint, width)] : []),
    ...(simplest?.match ? ['', ...formatMatch(simplest.match, paint)] : []),
    ...(result.replay === '' ? [] : ['', `Run it again: ${printable(result.replay)}`]),
    ...(notes.length > 0 ? ['', ...notes.map((note) => printable(`Note: ${note}`))] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function formatOutcomes({ outcomes, refused }: NonNullable<CheckResult['explored']>, paint: Paint): string[] {
  return [
    paint('bold', 'Outcomes of all orders'),
    ...outcomes.map(({ outcomes: texts, findings, schedules }) => {
      const found =
        findings.length === 0
          ? ''
          : `  ${paint('red', findings.map((kind) => APP_FINDING_NAMES[kind]).join(', '))}`;
      return `  ${formatNumber(schedules).padStart(8)}  ${printable(texts.join(' + '))}${found}`;
    }),
    ...(refused > 0
      ? [
          `  In ${formatNumber(refused)} of them fewer requests are accepted than one after the other; that is no violation.`,
        ]
      : []),
  ];
}

/** A column for each request, with its moves in the order in which they were made. */
export function formatSchedule(
  schedule: CheckSchedule,
  requests: number,
  paint: Paint,
  width: number,
): string[] {
  const { id, moves, answers, match } = schedule;
  const cells = moves.map((move, place) => ({
    column: move.request - 1,
    lines: describeMove(move, place, match).map(printable),
    isMarked: place === match?.writes,
  }));
  const numberWidth = String(moves.length).length;
  const columnWidth = Math.max(24, Math.floor((width - numberWidth - 2) / requests) - 2);
  const heads = Array.from({ length: requests }, (_, i) => `T${i + 1}`.padEnd(columnWidth)).join('  ');
  return [
    paint('bold', `The schedule ${id}`),
    paint('bold', `${' '.repeat(numberWidth + 2)}${heads}`.trimEnd()),
    ...cells.flatMap(({ column, lines, isMarked }, place) =>
      toColumns(lines, column, columnWidth).map((line, i) => {
        const number = i === 0 ? String(place + 1).padStart(numberWidth) : ' '.repeat(numberWidth);
        return `${number}  ${isMarked ? paint('red', line) : line}`;
      }),
    ),
    ...answers.map(({ request, status, body, isAccepted }) =>
      printable(`  T${request} ${isAccepted ? 'accepted' : 'refused'}: ${status} ${body.slice(0, 200)}`),
    ),
  ];
}

function formatMatch({ pattern, request }: PatternMatch, paint: Paint): string[] {
  const { name, what, advice, strategies } = PATTERN_WORDS[pattern];
  return [
    `${paint('bold', name)}: T${request} ${what}.`,
    `What to change: ${advice}`,
    ...(strategies.length > 0
      ? [`Strategies that do it: ${strategies.join(', ')} (oversell strategies).`]
      : []),
  ];
}
