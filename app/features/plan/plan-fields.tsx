import type { ReactElement } from 'react';
import type { StrategyInfo } from '@/model/strategy';
import type { PlanField } from '@/plan/field-kinds';
import { hintOf, labelOf, placeholderOf } from '@/plan/field-words';
import { FORM_FIELDS, isReplaced } from '@/plan/form';
import type { LoadPlan } from '@/plan/load-plan';
import { isMeaningless } from '@/plan/rules';
import { StrategyPicker } from '~/features/strategies/strategy-picker';
import { ChoiceField } from '~/ui/fields/choice-field';
import { NumberField } from '~/ui/fields/number-field';
import { TickField } from '~/ui/fields/tick-field';
import { useScripted } from '~/ui/use-scripted';
import type { PlanDraft } from './use-plan-draft';

export interface PlanFieldsProps {
  strategies: readonly StrategyInfo[];
  draft: PlanDraft;
  /** Whether keyboard shortcuts apply here: not while the form is folded. */
  hasKeys: boolean;
}

type FormField = Exclude<PlanField, { kind: 'strategies' }>;
type Row = [name: string, field: FormField];

const ROWS = [...FORM_FIELDS].filter((row): row is Row => row[1].kind !== 'strategies');
const GROUPS: Record<FormField['group'], string> = {
  demand: 'Stock and demand',
  load: 'Load',
  server: 'Server',
  race: 'Race',
};

/** Every field of a load plan that can be changed. */
export function PlanFields({ strategies, draft, hasKeys }: PlanFieldsProps): ReactElement {
  return (
    <div className="flex flex-col gap-7">
      <StrategyPicker
        strategies={strategies}
        chosen={draft.fields.strategies}
        error={draft.errors.strategies}
        hasKeys={hasKeys}
        onChange={(ids) => draft.set('strategies', ids)}
      />
      {Object.entries(GROUPS).map(([group, title]) => (
        <section key={group} className="flex flex-col gap-4 border-t border-line pt-5">
          <h3 className="text-[0.8125rem] font-semibold text-ink-2">{title}</h3>
          <GroupFields rows={ROWS.filter(([, field]) => field.group === group)} draft={draft} />
        </section>
      ))}
    </div>
  );
}

/** Choices and checkboxes first, then the numbers; beside each other if there is only one choice. */
function GroupFields({ rows, draft }: { rows: Row[]; draft: PlanDraft }): ReactElement {
  const show = ([name, field]: Row) => <Field key={name} name={name} field={field} draft={draft} />;
  const choices = rows.filter(([, field]) => field.kind !== 'number').map(show);
  const numbers = (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,13rem),1fr))] gap-x-4 gap-y-3">
      {rows.filter(([, field]) => field.kind === 'number').map(show)}
    </div>
  );
  if (choices.length === 0) return numbers;
  const isBeside = choices.length === 1;
  return (
    <>
      <div className="grid gap-6 md:grid-cols-2">
        {choices}
        {isBeside && numbers}
      </div>
      {!isBeside && numbers}
    </>
  );
}

interface FieldProps {
  name: string;
  field: FormField;
  draft: PlanDraft;
}

/**
 * A field that the chosen load model may hide. Without scripts every field is shown, because the page cannot react to
 * the choice.
 */
function Field(props: FieldProps): ReactElement | null {
  const scripted = useScripted();
  const { model, target } = props.draft.fields as unknown as LoadPlan;
  if (!isMeaningless(props.name, { model, target })) return <Input {...props} />;
  return scripted ? null : (
    <div className="hidden noscript:contents">
      <Input {...props} />
    </div>
  );
}

function Input({ name, field, draft: { fields, errors, set } }: FieldProps): ReactElement {
  const value = String(fields[name] ?? '');
  const model = String(fields.model);
  const common = { name, label: labelOf(field), value, error: errors[name] };
  const onChange = (next: string) => set(name, next);
  switch (field.kind) {
    case 'number':
      return (
        <NumberField
          {...common}
          hint={hintOf(field, model)}
          limits={field}
          placeholder={placeholderOf(field, model, isReplaced(field, fields))}
          onChange={onChange}
          optional
        />
      );
    case 'choice': {
      // the implied choice is sent as empty, which is right under every model
      const choices = field.choices.map((one) => (one.value === field.implied ? { ...one, value: '' } : one));
      return <ChoiceField {...common} choices={choices} onChange={onChange} />;
    }
    case 'switch':
      return (
        <TickField
          name={name}
          label={field.label}
          ticked={value === 'on'}
          onChange={(ticked) => onChange(ticked ? 'on' : '')}
        >
          {field.hint}
        </TickField>
      );
    default:
      return field satisfies never;
  }
}
