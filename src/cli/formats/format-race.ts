import { printable } from '@/history-file/printable';
import type { LaneView, RaceView } from '@/model/race';
import { countOf, formatMs, formatNumber } from '@/model/wording';
import type { Assertion, RaceReport } from '@/report/race-report';
import { describeLane } from '@/report/verdict-words';
import { paintIn, TONE_STYLES } from './format-lane';
import type { Paint } from './format-lane';

/** A race that is over, for a person at a terminal: its lanes, what they cost, and the demands that they do not meet. */
export function formatRace({ race, assertions }: RaceReport, page: string | null, color: boolean): string {
  const paint = paintIn(color);
  const missed = assertions.filter(({ result }) => result !== 'met');
  const lines = [
    paint('bold', `Race ${race.id}: ${race.status}${race.reason === null ? '' : `. ${race.reason}`}`),
    ...race.lanes.flatMap((lane) => formatResult(lane, paint)),
    ...(missed.length === 0
      ? []
      : ['', paint('bold', 'Not met'), ...missed.map((one) => formatMiss(one, race))]),
    ...(page === null ? [] : ['', page]),
  ];
  return `${lines.join('\n')}\n`;
}

function formatResult(lane: LaneView, paint: Paint): string[] {
  const { tone, word, figure, reason } = describeLane(lane, false);
  const { counts, orders, stock, latencyMs, throughput } = lane;
  const role = lane.role === 'control' ? ' (control)' : '';
  const measured = [
    // the orders of a lane that ended early were never read
    ...(lane.status === 'cancelled'
      ? []
      : [`${formatNumber(orders.quantity)} sold of ${formatNumber(stock.initial)}`]),
    countOf(counts.attempts, 'attempt'),
    `p99 ${formatMs(latencyMs.p99)}`,
    `${formatNumber(throughput.acceptedPerS)} accepted/s`,
  ];
  return [
    '',
    `${paint(TONE_STYLES[tone], `${word} ${figure}`.trim())}  ${paint('bold', lane.strategy)}${role}`,
    `  ${printable(reason)}`,
    ...(counts.attempts === 0 ? [] : [`  ${measured.join(', ')}`]),
  ];
}

function formatMiss({ kind, lane, text, result, why }: Assertion, race: RaceView): string {
  const strategy = race.lanes[lane]?.strategy ?? '';
  const undecided = result === 'undecided' ? ', so this is undecided' : '';
  return printable(`  ${strategy}: ${kind} ${text}: ${why}${undecided}`);
}
