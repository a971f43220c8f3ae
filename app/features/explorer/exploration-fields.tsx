import type { ReactElement } from 'react';
import type { StrategyInfo } from '@/model/strategy';
import { MAX_SCHEDULES, MAX_SEED } from '@/plan/exploration-limits';
import type { FieldErrors } from '@/plan/form';
import { NumberField } from '~/ui/fields/number-field';
import { TickField } from '~/ui/fields/tick-field';
import { UNBOUNDED, type ExplorationFields as Fields } from './exploration-form';

export interface ExplorationFieldsProps {
  strategies: readonly StrategyInfo[];
  fields: Fields;
  errors: FieldErrors;
  /** Called with the strategy that was chosen. */
  onChoose: (id: string) => void;
}

/** What to explore, and within which bounds. */
export function ExplorationFields(props: ExplorationFieldsProps): ReactElement {
  return (
    <div className="flex flex-col gap-5">
      <StrategyField {...props} />
      {/* each strategy has a plan that makes its point */}
      <PlanFields key={props.fields.strategy} {...props} />
    </div>
  );
}

function PlanFields({ fields, errors }: ExplorationFieldsProps): ReactElement {
  const of = (name: string) => ({ name, value: fields[name] ?? '', error: errors[name] });
  return (
    <div className="flex flex-col gap-5">
      <div className="grid gap-x-4 gap-y-5 sm:grid-cols-2 xl:grid-cols-4">
        <NumberField {...of('attempts')} label="Attempts" hint="Buyers." limits={{ min: 2, max: 3 }} />
        <TextField
          {...of('quantities')}
          label="Quantities"
          hint="Units that each attempt wants, 1 to 100, with commas between. Empty: one each."
        />
        <NumberField {...of('stock')} label="Stock" hint="Units there are." limits={{ min: 0, max: 1_000 }} />
        <NumberField
          {...of('items')}
          label="Items"
          hint="The attempts take turns over them. 1: all buy the same item."
          limits={{ min: 1, max: 3 }}
        />
      </div>
      <div className="flex flex-col gap-2">
        <TickField name="reduction" ticked={fields.reduction === 'on'} label="Reduction">
          schedules that only swap steps which cannot affect each other are run once
        </TickField>
        <TickField name="crash" ticked={fields.crash === 'on'} label="Crash points">
          one attempt may die before any of its steps, or while it waits for a lock
        </TickField>
        <TickField name="leaseExpiry" ticked={fields.leaseExpiry === 'on'} label="Lease expiry">
          where the strategy takes a lock in Redis, its lease may run out while it is held
        </TickField>
        <TickField name="ownMemory" ticked={fields.ownMemory === 'on'} label="A process each">
          the attempts share no memory, as on two servers; matters to what a strategy keeps in memory
        </TickField>
      </div>
      <Bounds fields={fields} errors={errors} />
    </div>
  );
}

/** The bounds of the search, folded unless one of them was changed or is wrong. */
function Bounds({ fields, errors }: Pick<ExplorationFieldsProps, 'fields' | 'errors'>): ReactElement {
  const isOpen = Object.entries(UNBOUNDED).some(
    ([name, value]) => errors[name] !== undefined || (fields[name] ?? value) !== value,
  );
  const of = (name: string) => ({ name, value: fields[name] ?? '', error: errors[name] });
  return (
    <details className="group" open={isOpen}>
      <summary className="w-fit cursor-pointer rounded-md font-medium">
        <span className="mr-2 inline-block text-ink-3 transition-transform group-open:rotate-90" aria-hidden>
          ›
        </span>
        Bounds and chance{' '}
        <span className="font-normal text-ink-3">how many schedules, preemptions, a sample, retries</span>
      </summary>
      <div className="mt-4 grid gap-x-4 gap-y-5 sm:grid-cols-2 xl:grid-cols-3">
        <NumberField
          {...of('maxSchedules')}
          label="Schedules at most"
          hint="A larger tree is refused, with the limit that would be enough."
          limits={{ min: 1, max: MAX_SCHEDULES }}
        />
        <NumberField
          {...of('preemptions')}
          label="Preemptions at most"
          hint="Empty: no bound. Turns reduction off."
          limits={{ min: 0, max: 20 }}
          optional
        />
        <NumberField
          {...of('sample')}
          label="Random sample"
          hint="Empty: all. Turns reduction off."
          limits={{ min: 1, max: MAX_SCHEDULES }}
          optional
        />
        <NumberField
          {...of('seed')}
          label="Seed"
          hint="For the schedules of a sample and what a strategy draws at random. Empty: 1."
          limits={{ min: 0, max: MAX_SEED }}
          optional
        />
        <NumberField
          {...of('maxRetries')}
          label="Retries at most"
          hint="How often an attempt may try again before its schedule is cut off."
          limits={{ min: 0, max: 10 }}
        />
      </div>
    </details>
  );
}

function StrategyField({ strategies, fields, errors, onChoose }: ExplorationFieldsProps): ReactElement {
  return (
    <div className="flex max-w-md flex-col gap-1">
      <label htmlFor="plan-strategy" className="font-medium">
        Strategy
      </label>
      <select
        id="plan-strategy"
        name="strategy"
        className="field"
        defaultValue={fields.strategy}
        onChange={(event) => onChoose(event.target.value)}
        aria-invalid={errors.strategy !== undefined}
      >
        {(['unsafe', 'conditional', 'safe'] as const).map((expected) => (
          <optgroup key={expected} label={expected}>
            {strategies
              .filter((strategy) => strategy.expected === expected)
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      {errors.strategy !== undefined && (
        <p className="text-xs font-medium text-unsafe-ink">{errors.strategy}</p>
      )}
    </div>
  );
}

interface TextFieldProps {
  name: string;
  label: string;
  hint: string;
  value: string;
  error: string | undefined;
}

function TextField({ name, label, hint, value, error }: TextFieldProps): ReactElement {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={`plan-${name}`} className="font-medium">
        {label}
      </label>
      <input
        id={`plan-${name}`}
        name={name}
        defaultValue={value}
        placeholder="1,1"
        className="field"
        aria-invalid={error !== undefined}
        aria-describedby={`${name}-hint`}
      />
      <p id={`${name}-hint`} className="text-xs text-ink-3">
        {error !== undefined && <span className="block font-medium text-unsafe-ink">{error}</span>}
        {hint}
      </p>
    </div>
  );
}
