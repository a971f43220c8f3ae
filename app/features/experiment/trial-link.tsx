import type { ReactElement } from 'react';
import type { TrialOf } from '@/model/race';
import { experimentUrl } from '@/report/addresses';

/** The trial that a race is, as a link to its experiment. */
export function TrialLink({ trial: { id, trial, trials } }: { trial: TrialOf }): ReactElement {
  return (
    <>
      {', '}
      <a href={experimentUrl(id)} className="underline underline-offset-2">
        {nameTrial({ trial, trials })}
      </a>
    </>
  );
}

/** `trial 3 of 20`, or `trial 3 of a bisection`. */
export function nameTrial({ trial, trials }: Pick<TrialOf, 'trial' | 'trials'>): string {
  return `trial ${trial} of ${trials ?? 'a bisection'}`;
}
