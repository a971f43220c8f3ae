import type { ReactElement } from 'react';
import type { RaceView } from '@/model/race';
import { PLAN_FIELDS } from '@/plan/fields';
import type { LoadPlan } from '@/plan/load-plan';
import { formatCount, plural } from '~/ui/format';

/** The load plan in one line. */
export function PlanSummary({ race }: { race: Pick<RaceView, 'plan' | 'poolSize'> }): ReactElement {
  return (
    <ul className="flex flex-wrap text-[0.8125rem] text-ink-3">
      {describePlan(race.plan, race.poolSize).map((part) => (
        <li key={part} className="not-last:after:mx-2 not-last:after:text-edge not-last:after:content-['·']">
          {part}
        </li>
      ))}
    </ul>
  );
}

/** The load plan in a few words each. */
export function describePlan(plan: LoadPlan, poolSize?: number): string[] {
  return [
    plural(plan.stock, 'unit'),
    plan.durationS === undefined
      ? `${plural(plan.attempts, 'attempt')} a lane`
      : `${plan.durationS.toLocaleString('en')} s a lane`,
    describeLoad(plan),
    ...describeDoor(plan),
    ...describeTarget(plan),
    ...(plan.rampS === undefined ? [] : [`ramp of ${plan.rampS.toLocaleString('en')} s`]),
    ...(plan.pauseMs ? [`${formatCount(plan.pauseMs)} ms pause`] : []),
    ...(plan.quantity > 1 ? [`${formatCount(plan.quantity)} units each`] : []),
    `${formatCount(plan.thinkMs)} ms think time`,
    `lanes ${plan.order === 'parallel' ? 'in parallel' : 'one after the other'}`,
    ...(poolSize === undefined ? [] : [`pool of ${plural(poolSize, 'connection')}`]),
    ...(plan.control ? ['with a control'] : []),
    `seed ${plan.seed}`,
  ];
}

/** The servers of the purchases, unless it is the usual one over HTTP. */
function describeTarget({ target, processes }: LoadPlan): string[] {
  if (target === 'direct') return ['purchases in the server process, without HTTP'];
  return processes > 1 ? [plural(processes, 'server process', 'server processes')] : [];
}

/** The buyers that are let in together when the sale opens; races of versions without a door have none. */
function describeDoor({ crowd = 0, concurrency }: LoadPlan): string[] {
  if (crowd < 2) return [];
  const who = crowd === concurrency ? `all ${formatCount(crowd)}` : formatCount(crowd);
  return [`the sale opens with ${who} of them at the door`];
}

function describeLoad({ model, concurrency, rate = 0, arrivals, sync }: LoadPlan): string {
  switch (model) {
    case 'burst':
      return `bursts of ${formatCount(concurrency)}${sync === 'last-byte' ? ', last bytes together' : ''}`;
    case 'closed':
      return `${plural(concurrency, 'buyer')} at once`;
    case 'open': {
      const process = (arrivals ?? PLAN_FIELDS.arrivals.implied) === 'poisson' ? 'Poisson' : 'constant';
      return `${rate.toLocaleString('en')} attempts a second (${process}), ${formatCount(concurrency)} in flight at most`;
    }
    default:
      return model satisfies never;
  }
}
