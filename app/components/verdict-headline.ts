import type { LaneSummary, LaneView } from '~/lab/race';

/** A lane with or without its series: lists have only summaries. */
type JudgedLane = LaneSummary & Partial<Pick<LaneView, 'series'>>;

/** How a verdict is dressed: `violated` in the unsafe colour, `ok` in the safe one, the others neutral. */
export type VerdictTone = 'violated' | 'ok' | 'inconclusive' | 'waiting';

export interface VerdictHeadline {
  tone: VerdictTone;
  /** In capitals: OVERSOLD, LOST UPDATES, EXACT, … */
  word: string;
  /** The number beside it, with its sign; empty when there is none. */
  figure: string;
  /** While a lane runs: only its final rows decide. */
  provisional: boolean;
  /** One sentence. */
  reason: string;
}

/** Says in one word and one number what became of a lane. */
export function describeVerdict(lane: JudgedLane): VerdictHeadline {
  if (lane.status === 'pending')
    return waiting('WAITING', 'Its turn comes when what runs before it is done.');
  if (lane.status === 'cancelled' && lane.counts.attempts === 0) {
    return waiting('NOT RUN', 'The race ended before this lane’s turn.');
  }
  if (lane.status === 'preparing') return waiting('PREPARING', 'Its item is put on sale.');
  const provisional = lane.status !== 'finished' && lane.status !== 'cancelled';
  return provisional ? soFar(lane) : { ...decided(lane), provisional };
}

function waiting(word: string, reason: string): VerdictHeadline {
  return { tone: 'waiting', word, figure: '', provisional: false, reason };
}

/** Before the audit there is only what buyers were told; it can already be more than there was to sell. */
function soFar(lane: JudgedLane): VerdictHeadline {
  const sold = lane.series?.sold.at(-1) ?? lane.counts.accepted;
  const over = Math.max(lane.oversold, sold - lane.stock.initial, 0);
  if (over > 0) {
    return {
      tone: 'violated',
      word: 'OVERSOLD',
      figure: signed(over),
      provisional: true,
      reason: `Buyers were told of ${count(sold)} units sold, of ${count(lane.stock.initial)} on sale.`,
    };
  }
  const left = lane.stock.initial - sold;
  return {
    tone: 'waiting',
    word: left > 0 ? 'SELLING' : 'SOLD OUT',
    figure: '',
    provisional: true,
    reason: `${count(sold)} of ${count(lane.stock.initial)} units sold, nothing oversold.`,
  };
}

function decided(lane: JudgedLane): Omit<VerdictHeadline, 'provisional'> {
  const { status, reason, findings } = lane.verdict;
  if (status === 'inconclusive') return { tone: 'inconclusive', word: 'INCONCLUSIVE', figure: '', reason };
  if (status === 'ok') {
    const luck = lane.expected === 'unsafe' ? ' It held this time; its strategy is unsafe all the same.' : '';
    return { tone: 'ok', ...okWord(lane), reason: reason + luck };
  }
  if (lane.oversold > 0) return { tone: 'violated', word: 'OVERSOLD', figure: signed(lane.oversold), reason };
  if (lane.lostUpdates > 0) {
    return { tone: 'violated', word: 'LOST UPDATES', figure: count(lane.lostUpdates), reason };
  }
  const first = findings[0];
  const word = first ? first.kind.replaceAll('-', ' ').toUpperCase() : 'VIOLATED';
  return { tone: 'violated', word, figure: first ? count(first.count) : '', reason };
}

/** Units left over although buyers who could have had them were told sold out: safe, but not what a shop wants. */
function okWord(lane: JudgedLane): { word: string; figure: string } {
  const left = lane.stock.initial - lane.orders.quantity;
  return (lane.liveness?.undersold ?? 0) > 0
    ? { word: 'UNDERSOLD', figure: signed(-left) }
    : { word: 'EXACT', figure: '' };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function signed(value: number): string {
  return `${value > 0 ? '+' : '−'}${count(Math.abs(value))}`;
}
