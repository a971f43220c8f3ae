import type { ReactElement } from 'react';
import type { RaceView } from '~/lab/race';
import { formatCount, plural } from './format';

/** The load plan in one line. */
export function PlanSummary({ race }: { race: Pick<RaceView, 'plan' | 'poolSize'> }): ReactElement {
  const { plan, poolSize } = race;
  const parts = [
    plural(plan.stock, 'unit'),
    `${plural(plan.attempts, 'attempt')} a lane`,
    plan.model === 'burst'
      ? `bursts of ${formatCount(plan.concurrency)}`
      : `${plural(plan.concurrency, 'buyer')} at once`,
    ...(plan.quantity > 1 ? [`${formatCount(plan.quantity)} units each`] : []),
    `${formatCount(plan.thinkMs)} ms think time`,
    `lanes ${plan.order === 'parallel' ? 'in parallel' : 'one after the other'}`,
    `pool of ${plural(poolSize, 'connection')}`,
    ...(plan.control ? ['with a control'] : []),
    `seed ${plan.seed}`,
  ];
  return (
    <ul className="flex flex-wrap text-[0.8125rem] text-ink-3">
      {parts.map((part) => (
        <li key={part} className="not-last:after:mx-2 not-last:after:text-edge not-last:after:content-['·']">
          {part}
        </li>
      ))}
    </ul>
  );
}
