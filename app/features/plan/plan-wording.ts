import { readTrials, toLoadRequest } from '@/plan/check-plan';
import { estimatePlan } from '@/plan/estimate';
import { formatCount, plural } from '~/ui/format';
import { meaningfulText, type PlanText } from '@/plan/form';

/** The label of the start button: `Start this race: 2 lanes`. */
export function nameStart(fields: PlanText): string {
  const trials = readTrials(fields) ?? 1;
  const lanes = plural(fields.strategies.length, 'lane');
  return trials > 1
    ? `Start this experiment: ${plural(trials, 'trial')}, ${lanes} each`
    : `Start this race: ${lanes}`;
}

/** The size of the plan: `2,000 attempts, 2 lanes, at least 12 s`. */
export function describeEstimate(fields: PlanText): string {
  const lanes = fields.strategies.length;
  const trials = readTrials(fields) ?? 1;
  const request = toLoadRequest(meaningfulText(fields));
  const { attempts, isAbout, leastMs } = estimatePlan(request, { lanes, trials });
  const amount =
    attempts === null
      ? 'as many attempts as get an answer'
      : `${isAbout ? 'about ' : ''}${plural(attempts, 'attempt')}`;
  const parts = [
    amount,
    plural(lanes, 'lane'),
    ...(trials > 1 ? [plural(trials, 'trial')] : []),
    ...(fields.control === 'on' && !fields.strategies.includes('read-then-write') ? ['a control'] : []),
    leastMs >= 1_000 ? `at least ${describeTime(leastMs / 1_000)}` : 'as fast as they are answered',
  ];
  return parts.join(', ');
}

function describeTime(seconds: number): string {
  if (seconds < 120) return `${formatCount(seconds)} s`;
  if (seconds < 7_200) return `${formatCount(seconds / 60)} min`;
  return `${formatCount(seconds / 3_600)} h`;
}
