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
  const whole = isExact
    ? `all ${count(possible)} schedules of these steps`
    : `the ${count(run)} schedules that were run${bound} of about ${count(possible)}`;
  const sentences = [
    violated > 0
      ? `Of ${whole}, some break an invariant.`
      : `No schedule of these steps within the bound breaks an invariant: ${whole} were covered.`,
    sampled > 0 && `They are what ${count(drawn)} draws at random came to.`,
    cut > 0 && `${count(cut)} were cut off and went on in one order only.`,
    leaseExpiry && leases === 0 && isComplete && 'No lease could run out, for none was held.',
  ];
  return sentences.filter((sentence) => sentence !== false).join(' ');
}
