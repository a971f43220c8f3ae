import type { ReactElement } from 'react';
import type { RaceView } from '@/model/race';
import { describePlan } from '@/report/plan-words';

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
