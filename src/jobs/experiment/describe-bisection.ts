import type { Bisection, ExperimentHead, LevelTrials, Tally } from '@/model/experiment';
import { isOver } from '@/model/job';
import type { RaceStatus } from '@/model/race';
import { countOf, formatNumber } from '@/model/wording';
import { moreInconclusive, upTo } from '@/report/experiment-wording';
import { FEWEST_BUYERS } from './bisect';

export function outcomeOf({ violated, ok, done }: Tally, trials: number): LevelTrials['outcome'] {
  if (violated > 0) return 'breaks';
  if (done < trials) return 'open';
  return ok > 0 ? 'holds' : 'undecided';
}

/**
 * What the levels of a bisection show so far. That a level holds is a statement about its trials, so the bound on its
 * rate goes with it.
 */
export function describeBisection(
  head: Pick<ExperimentHead, 'status' | 'plan'>,
  levels: readonly LevelTrials[],
): Pick<Bisection, 'smallest' | 'contradicts' | 'statement'> {
  const broken = levels.find(({ outcome }) => outcome === 'breaks');
  const contradiction = broken && findContradiction(broken, levels);
  const contradicts = contradiction !== undefined;
  const found = { smallest: broken?.concurrency ?? null, contradicts };
  const say = (statement: string) => ({ ...found, statement: openingOf(head.status, statement) });
  if (!broken) return say(describeTop(head, levels));

  const { concurrency, violated, done } = broken;
  const parts = [
    `smallest concurrency seen to break: ${formatNumber(concurrency)} (broke in ${violated} of ${done}).`,
  ];
  const neighbour = levels.find((level) => level.concurrency === concurrency - 1);
  if (neighbour && neighbour.outcome !== 'open') parts.push(capitalise(describeHeld(neighbour)));
  if (concurrency === FEWEST_BUYERS) parts.push('Fewer than two buyers cannot race.');
  if (contradiction) {
    const trials = countOf(contradiction.ok, 'judged trial');
    const higher = formatNumber(contradiction.concurrency);
    parts.push(`More buyers did not always break more: at ${higher} none of ${trials} broke.`);
  }
  return say(parts.join(' '));
}

function openingOf(status: RaceStatus, statement: string): string {
  if (!isOver(status)) return `So far: ${statement}`;
  return status === 'finished' ? capitalise(statement) : `Not finished. ${capitalise(statement)}`;
}

/** A level that held although a lower one broke. */
function findContradiction(broken: LevelTrials, levels: readonly LevelTrials[]): LevelTrials | undefined {
  return levels.find(({ concurrency, outcome }) => concurrency > broken.concurrency && outcome === 'holds');
}

function describeTop({ plan }: Pick<ExperimentHead, 'plan'>, levels: readonly LevelTrials[]): string {
  const top = levels.find(({ concurrency }) => concurrency === plan.concurrency);
  if (!top || top.done === 0) return 'no trial is over.';
  return `it was not seen to break: ${describeHeld(top)}`;
}

/** Such as "at 2 none of 10 judged trials broke, so there at most 30.9 % of races break, with 95 % confidence." */
function describeHeld({ concurrency, done, ok, inconclusive, rate }: LevelTrials): string {
  const at = `at ${formatNumber(concurrency)} none of`;
  if (ok === 0) return `${at} ${countOf(done, 'trial')} came to a verdict, so nothing is known of it.`;
  const beside = inconclusive > 0 ? ` (${moreInconclusive(inconclusive)})` : '';
  return `${at} ${countOf(ok, 'judged trial')} broke${beside}, so there at most ${upTo(rate.interval.high)} of races break, with 95 % confidence.`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
