import type { Coverage, ExplorationPlan } from '../exploration';

/** One careful sentence on what was found, and one for each thing that limits it. */
export function describeCoverage(
  { run, possible, isExact, sampled, drawn, cut, isComplete }: Coverage,
  { preemptions, leaseExpiry }: Pick<ExplorationPlan, 'preemptions' | 'leaseExpiry'>,
  { violated, leases }: { violated: number; leases: number },
): string {
  const count = (number: number) => number.toLocaleString('en');
  const bound =
    preemptions === null
      ? ''
      : ` with at most ${preemptions} ${preemptions === 1 ? 'preemption' : 'preemptions'}`;
  const [all, seen] = [count(possible), count(run)];
  const isViolated = violated > 0;
  const found = isExact
    ? isViolated
      ? `Of all ${all} schedules of these steps, some break an invariant.`
      : `No schedule of these steps within the bound breaks an invariant: all ${all} schedules of these steps were covered.`
    : isViolated
      ? `Of the ${seen} schedules that were run${bound} of about ${all}, some break an invariant.`
      : `None of the ${seen} schedules that were run${bound} of about ${all} breaks an invariant.`;
  const sentences = [
    found,
    sampled > 0 && `They are what ${count(drawn)} draws at random came to.`,
    cut > 0 && `${count(cut)} were cut off and went on in one order only.`,
    leaseExpiry && leases === 0 && isComplete && 'No lease could run out, for none was held.',
  ];
  return sentences.filter((sentence) => sentence !== false).join(' ');
}
