import { printable } from '@/history-file/printable';
import type { ExplorationView, Move, ScheduleView } from '@/model/exploration';
import { FINDING_NAMES, formatNumber } from '@/model/wording';
import { paintIn } from './format-lane';
import type { Paint } from './format-lane';

/** An exploration that is over, for a person at a terminal: the result, all outcomes and the simplest violation. */
export function formatExploration(
  { id, status, reason, plan, result }: ExplorationView,
  color: boolean,
): string {
  const paint = paintIn(color);
  const head = `Exploration ${id} of ${plan.strategy}: ${status}${reason === null ? '' : `. ${reason}`}`;
  if (!result) return `${paint('bold', head)}\n`;
  const isBroken = result.verdict === 'violated';
  const lines = [
    paint('bold', head),
    `${paint(isBroken ? 'red' : 'green', isBroken ? 'VIOLATED' : 'NONE FOUND')}  ${printable(result.reason)}`,
    '',
    paint('bold', 'Outcomes'),
    ...result.outcomes.map(({ outcomes, findings, schedules }) => {
      const found = findings.map((kind) => FINDING_NAMES[kind]).join(', ');
      return `  ${formatNumber(schedules).padStart(8)}  ${outcomes.join(' + ')}${found === '' ? '' : `: ${found}`}`;
    }),
    ...(result.violation ? formatSchedule(result.violation, paint) : []),
  ];
  return `${lines.join('\n')}\n`;
}

function formatSchedule(schedule: ScheduleView, paint: Paint): string[] {
  return [
    '',
    paint('bold', `The simplest schedule that breaks: ${schedule.id}`),
    ...schedule.moves.map((move) => `  ${printable(formatMove(move))}`),
    ...schedule.findings.map(({ message }) => `  ${paint('red', message)}`),
  ];
}

const EVENTS: Record<Move['event'], string> = {
  step: '',
  crash: 'dies before ',
  lease: 'lease expires before ',
};

function formatMove({ actor, event, step, waitsFor, ended }: Move): string {
  const waits = waitsFor.length > 0 ? `, waits for ${waitsFor.join(' and ')}` : '';
  const over = ended.map((one) => `${one.actor} ${one.outcome}`).join(', ');
  return `${actor}  ${EVENTS[event]}${step}${waits}${over === '' ? '' : `  [${over}]`}`;
}
