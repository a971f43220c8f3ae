import type { ReactElement } from 'react';
import { TRIALS_RANGE } from '~/features/plan/check-fields';
import { NumberField } from '~/ui/fields/number-field';

export interface TrialsFieldProps {
  value: string;
  error: string | undefined;
  onChange: (text: string) => void;
}

/** How often to race the plan: once is a race, more often an experiment. */
export function TrialsField(props: TrialsFieldProps): ReactElement {
  return (
    <NumberField
      name="trials"
      label="Trials"
      hint="Races of this plan; 2 or more: an experiment."
      limits={TRIALS_RANGE}
      placeholder="1"
      optional
      {...props}
    />
  );
}
