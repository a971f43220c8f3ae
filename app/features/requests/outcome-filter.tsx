import type { ReactElement, ReactNode } from 'react';
import { OUTCOMES } from '@/model/outcome';
import { formatCount } from '~/ui/format';
import { OutcomeTag } from '~/ui/lane/outcome-style';

export interface OutcomeFilterProps {
  /** Index into `OUTCOMES`; null shows all. */
  chosen: number | null;
  /** Attempts by outcome, over all lanes. */
  counts: readonly number[];
  onChoose: (outcome: number | null) => void;
}

/** Chooses which outcomes the lists of requests show. Outcomes that no attempt had are left out. */
export function OutcomeFilter({ chosen, counts, onChoose }: OutcomeFilterProps): ReactElement {
  const present = OUTCOMES.map((_, code) => code).filter(
    (code) => (counts[code] ?? 0) > 0 || code === chosen,
  );
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="sr-only">Filter the requests by outcome</legend>
      <Choice checked={chosen === null} onChoose={() => onChoose(null)}>
        all
      </Choice>
      {present.map((code) => (
        <Choice key={code} checked={chosen === code} onChoose={() => onChoose(code)}>
          <OutcomeTag code={code} />
          <span className="font-normal text-ink-3">{formatCount(counts[code] ?? 0)}</span>
        </Choice>
      ))}
    </fieldset>
  );
}

interface ChoiceProps {
  checked: boolean;
  onChoose: () => void;
  children: ReactNode;
}

function Choice({ checked, onChoose, children }: ChoiceProps): ReactElement {
  return (
    <label
      className={`chip bg-surface py-0.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 ${checked ? 'border-ink text-ink' : 'hover:bg-hover'}`}
    >
      <input type="radio" name="outcome-filter" className="sr-only" checked={checked} onChange={onChoose} />
      {children}
    </label>
  );
}
