import type { ReactElement, ReactNode } from 'react';
import type { StrategyInfo } from '@/model/strategy';
import type { LoadPlan } from '@/plan/load-plan';
import { PLAN_NUMBERS } from '@/plan/numbers';
import { isMeaningless } from '@/plan/rules';
import { TrialsField } from '~/features/experiment/trials-field';
import { StrategyPicker } from '~/features/strategies/strategy-picker';
import { ChoiceField, type ChoiceFieldProps } from '~/ui/fields/choice-field';
import { NumberField } from '~/ui/fields/number-field';
import { TickField } from '~/ui/fields/tick-field';
import { useScripted } from '~/ui/use-scripted';
import * as choices from './plan-choices';
import type { PlanDraft } from './use-plan-draft';

export interface PlanFieldsProps {
  strategies: readonly StrategyInfo[];
  draft: PlanDraft;
  /** Whether keys mean something here: not while it is folded away. */
  hasKeys: boolean;
}

/** Everything about a load plan that can be changed. */
export function PlanFields({ strategies, draft, hasKeys }: PlanFieldsProps): ReactElement {
  const { fields, errors, set } = draft;
  const text = (name: string) => String(fields[name] ?? '');
  const of = (name: string) => ({
    name,
    value: text(name),
    error: errors[name],
    onChange: (value: string) => set(name, value),
  });
  const number = (choice: choices.NumberChoice) => (
    <Fitting key={choice.name} name={choice.name} draft={draft}>
      <NumberField {...choice} {...of(choice.name)} limits={PLAN_NUMBERS[choice.name]} optional />
    </Fitting>
  );
  const choice = (name: string, label: string, values: ChoiceFieldProps['choices']) => (
    <Fitting name={name} draft={draft}>
      <ChoiceField label={label} choices={values} {...of(name)} />
    </Fitting>
  );
  return (
    <div className="flex flex-col gap-7">
      <StrategyPicker
        strategies={strategies}
        chosen={fields.strategies}
        error={errors.strategies}
        hasKeys={hasKeys}
        onChange={(ids) => set('strategies', ids)}
      />
      <Group title="Stock and demand">
        <Numbers>{choices.demandNumbers(text('durationS')).map(number)}</Numbers>
      </Group>
      <Group title="Load">
        <div className="grid gap-6 md:grid-cols-2">
          {choice('model', 'Load model', choices.MODELS)}
          {choice('arrivals', 'Arrivals', choices.ARRIVALS)}
          {choice('sync', 'Release', choices.SYNCS)}
        </div>
        <Numbers>{choices.loadNumbers(text('model')).map(number)}</Numbers>
      </Group>
      <Group title="Server">
        <div className="grid gap-6 md:grid-cols-2">
          {choice('target', 'Target', choices.TARGETS)}
          <Numbers>{number(choices.PROCESSES)}</Numbers>
        </div>
      </Group>
      <Group title="Race">
        <div className="grid gap-6 md:grid-cols-2">
          {choice('order', 'Order of the lanes', choices.ORDERS)}
          <TickField
            name="control"
            label="Positive control"
            ticked={text('control') === 'on'}
            onChange={(ticked) => set('control', ticked ? 'on' : '')}
          >
            also race the unsafe twin: a lane that holds under a load that breaks nothing has proved nothing
          </TickField>
        </div>
        <Numbers>
          <TrialsField {...of('trials')} />
          {number(choices.SEED)}
        </Numbers>
      </Group>
    </div>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section className="flex flex-col gap-4 border-t border-line pt-5">
      <h3 className="text-[0.8125rem] font-semibold text-ink-2">{title}</h3>
      {children}
    </section>
  );
}

function Numbers({ children }: { children: ReactNode }): ReactElement {
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,13rem),1fr))] gap-x-4 gap-y-3">
      {children}
    </div>
  );
}

/** A field that is there while it means something; without scripts, where nobody can tell, always. */
function Fitting({
  name,
  draft,
  children,
}: {
  name: string;
  draft: PlanDraft;
  children: ReactNode;
}): ReactElement | null {
  const scripted = useScripted();
  const { model, target } = draft.fields;
  if (!isMeaningless(name, { model, target } as Pick<LoadPlan, 'model' | 'target'>)) return <>{children}</>;
  return scripted ? null : <div className="hidden noscript:contents">{children}</div>;
}
