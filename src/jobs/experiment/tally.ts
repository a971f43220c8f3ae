import { estimateRate } from '@/lib/binomial';
import { medianOf } from '@/lib/median';
import type { Spread, Tally, TrialLane, TrialRow } from '@/model/experiment';

/** Counts the trials of one lane. An inconclusive one showed neither that the strategy broke nor that it held. */
export function tally(rows: readonly TrialRow[]): Tally {
  const trials = rows.map(toTrialLane).sort((a, b) => a.trial - b.trial);
  const count = (verdict: TrialLane['verdict']) => trials.filter((trial) => trial.verdict === verdict).length;
  const [ok, violated, inconclusive] = [count('ok'), count('violated'), count('inconclusive')];
  const done = ok + violated + inconclusive;
  return {
    done,
    ok,
    violated,
    inconclusive,
    inconclusiveReasons: countReasons(rows.filter(({ verdict }) => verdict === 'inconclusive')),
    rate: estimateRate(violated, ok + violated, done),
    trials,
  };
}

/** The trial with the most units oversold, then the most units lost, then the earliest. */
export function findWorst(trials: readonly TrialLane[]): TrialLane | null {
  const violated = trials.filter(({ verdict }) => verdict === 'violated');
  const byDamage = violated.sort(
    (a, b) => b.oversold - a.oversold || b.lostUpdates - a.lostUpdates || a.trial - b.trial,
  );
  return byDamage[0] ?? null;
}

export function findFirstViolation(trials: readonly TrialLane[]): TrialLane | null {
  return trials.find(({ verdict }) => verdict === 'violated') ?? null;
}

/** Of the trials with a verdict; null without one. */
export function spreadOf(trials: readonly TrialLane[], what: 'oversold' | 'lostUpdates'): Spread | null {
  const judged = trials.filter(({ verdict }) => verdict === 'ok' || verdict === 'violated');
  if (judged.length === 0) return null;
  // leaked stock is not a lost update
  const units = judged.map((trial) => Math.max(0, trial[what]));
  const median = medianOf(Float64Array.from(units));
  return { min: Math.min(...units), median, max: Math.max(...units) };
}

function toTrialLane({ raceId, trial, verdict, words, oversold, lostUpdates }: TrialRow): TrialLane {
  return { raceId, trial, verdict, words, oversold, lostUpdates };
}

function countReasons(rows: readonly TrialRow[]): Tally['inconclusiveReasons'] {
  const counts = new Map<string, number>();
  for (const { words } of rows) counts.set(words.reason, (counts.get(words.reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}
