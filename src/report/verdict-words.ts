import type { LaneWords, Verdict, VerdictTone } from '@/model/verdict';
import { countFound, countOf, describeUnanswered, FINDING_NAMES, formatNumber } from '@/model/wording';
import { classifyLane, droppedOf, oversoldSoFar, soldUnits } from './classify-lane';
import type { DescribedLane } from './classify-lane';

interface LaneState {
  tone: VerdictTone;
  word: string;
  /** The number beside the word, with its sign. */
  figure?: (lane: DescribedLane) => string;
  /** One sentence or more; what held of a judged lane is in the audit's reason. */
  sentence: (lane: DescribedLane) => string;
}

const reasonOf = ({ verdict }: DescribedLane): string => verdict.reason;
const INCONCLUSIVE: LaneState = { tone: 'inconclusive', word: 'INCONCLUSIVE', sentence: reasonOf };
const violated = (word: string, figure: (lane: DescribedLane) => string): LaneState => ({
  tone: 'violated',
  word,
  figure,
  sentence: reasonOf,
});
const waiting = (word: string, sentence: LaneState['sentence']): LaneState => ({
  tone: 'waiting',
  word,
  sentence,
});

/** All states of a lane: the one place for the word, the sentence and the colour of each. */
export const LANE_STATES = {
  // not begun
  waiting: waiting('WAITING', () => 'Waiting for the run before it.'),
  cold: waiting('WAITING', () => 'Warms up after the lanes before it.'),
  warming: waiting('WARMING UP', () => 'Making purchases of an item without stock.'),
  ready: waiting('READY', () => 'Starts when the lanes before it are done.'),
  preparing: waiting('PREPARING', () => 'Creating the item.'),
  'not-run': waiting('NOT RUN', () => 'The race ended before this lane’s turn.'),

  // under way: only the final rows decide
  selling: waiting('SELLING', soldSoFar),
  'sold-out': waiting('SOLD OUT', soldSoFar),
  'oversold-so-far': {
    tone: 'violated',
    word: 'OVERSOLD',
    figure: (lane) => signed(oversoldSoFar(lane)),
    sentence: (lane) =>
      `${countOf(soldUnits(lane), 'unit')} confirmed as sold, ${formatNumber(lane.stock.initial)} existed.`,
  },

  // violated, by what was found
  oversold: violated('OVERSOLD', ({ oversold }) => signed(oversold)),
  'lost-updates': violated('LOST UPDATES', firstCount),
  'other-violation': violated('VIOLATED', firstCount),

  // inconclusive, by what is missing; what would help is in the audit's reason
  'not-judged': { tone: 'inconclusive', word: 'NOT JUDGED', sentence: reasonOf },
  'control-held': INCONCLUSIVE,
  'nothing-sent': INCONCLUSIVE,
  undecided: INCONCLUSIVE,
  'nothing-sold': INCONCLUSIVE,
  uncontested: INCONCLUSIVE,
  'other-doubt': INCONCLUSIVE,

  // nothing broke, but buyers or purchases are missing
  'not-sent': {
    tone: 'caution',
    word: 'NOT SENT',
    figure: (lane) => share(droppedOf(lane), droppedOf(lane) + lane.counts.attempts),
    sentence: (lane) => `${neverSent(lane)} Of what was sent: ${reasonOf(lane)}`,
  },
  'not-answered': {
    tone: 'caution',
    word: 'NOT ANSWERED',
    figure: ({ counts }) => share(counts.indeterminate, counts.attempts),
    sentence: reasonOf,
  },
  undersold: {
    tone: 'caution',
    word: 'UNDERSOLD',
    figure: ({ stock }) => signed(-(stock.final ?? 0)),
    sentence: reasonOf,
  },
  'turned-away': {
    tone: 'caution',
    word: 'TURNED AWAY',
    figure: ({ liveness }) => formatNumber(liveness?.turnedAway ?? 0),
    sentence: reasonOf,
  },
  failures: {
    tone: 'caution',
    word: 'FAILURES',
    figure: ({ liveness }) => formatNumber(liveness?.failedInStock ?? 0),
    sentence: reasonOf,
  },

  // nothing broke
  untested: { tone: 'held', word: 'HELD, UNTESTED', sentence: reasonOf },
  'held-this-time': { tone: 'held', word: 'HELD THIS TIME', sentence: reasonOf },
  'held-here': { tone: 'ok', word: 'HELD HERE', sentence: reasonOf },
  held: { tone: 'ok', word: 'HELD', sentence: reasonOf },
  exact: { tone: 'ok', word: 'EXACT', sentence: reasonOf },
} as const satisfies Record<string, LaneState>;

export type LaneStateId = keyof typeof LANE_STATES;

/** Describes the result of a lane. `isQueued`: its race waits for other jobs. */
export function describeLane(lane: DescribedLane, isQueued = true): LaneWords & { id: LaneStateId } {
  const id = classifyLane(lane, isQueued);
  const state: LaneState = LANE_STATES[id];
  const isOther = id === 'other-violation';
  return {
    id,
    tone: state.tone,
    word: isOther ? nameFirst(lane.verdict) : state.word,
    figure: state.figure?.(lane) ?? '',
    provisional: id === 'selling' || id === 'sold-out' || id === 'oversold-so-far',
    reason: [state.sentence(lane), ...notesOn(lane, id)].join(' '),
  };
}

/** Facts that only the lane has, and that the audit's reason therefore lacks. */
function notesOn(lane: DescribedLane, id: LaneStateId): string[] {
  if (lane.status !== 'finished') return [];
  const { verdict, expected, condition, counts } = lane;
  const notes: string[] = [];
  if (droppedOf(lane) > 0 && id !== 'not-sent') notes.push(neverSent(lane));
  // for a lane that held, the audit counts them and says what the orders table shows about them
  if (counts.indeterminate > 0 && verdict.status !== 'ok' && id !== 'undecided')
    notes.push(`${describeUnanswered(counts.indeterminate, counts.attempts)}.`);
  if (verdict.status !== 'ok') return notes;
  if (expected === 'unsafe') notes.push('It held this time; its strategy is unsafe all the same.');
  if (expected === 'conditional') {
    notes.push(
      condition === null ? 'It is safe only on a condition.' : `It is safe only while ${condition}.`,
    );
  }
  return notes;
}

const WHY_DROPPED = {
  crowded: 'too many were waiting for a free connection',
  ended: 'the time was up before a connection was free',
  stopped: 'the race was stopped',
} as const;

function neverSent(lane: DescribedLane): string {
  const dropped = droppedOf(lane);
  const drops = Object.entries(lane.sends?.drops ?? {}) as [keyof typeof WHY_DROPPED, number][];
  const [main] = drops.sort(([, a], [, b]) => b - a);
  const why = main ? `, mostly because ${WHY_DROPPED[main[0]]}` : '';
  const all = dropped + lane.counts.attempts;
  return `${formatNumber(dropped)} of ${countOf(all, 'purchase')} (${share(dropped, all)}) were never sent${why}.`;
}

function soldSoFar(lane: DescribedLane): string {
  return `${formatNumber(soldUnits(lane))} of ${countOf(lane.stock.initial, 'unit')} sold, nothing oversold.`;
}

function nameFirst({ findings: [first] }: Verdict): string {
  return first ? FINDING_NAMES[first.kind].toUpperCase() : LANE_STATES['other-violation'].word;
}

function firstCount({ verdict: { findings } }: DescribedLane): string {
  return findings[0] ? countFound(findings[0]) : '';
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${formatNumber(Math.abs(value))}`;
}

/** A part in whole percents; one that is neither nothing nor all is never shown as 0 or 100 %. */
function share(part: number, whole: number): string {
  const percent = Math.round((100 * part) / whole);
  if (percent === 0 && part > 0) return 'under 1\u00a0%';
  if (percent === 100 && part < whole) return 'over 99\u00a0%';
  return `${percent}\u00a0%`;
}
