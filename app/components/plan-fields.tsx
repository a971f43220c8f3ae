import type { ReactElement } from 'react';
import { LIMITS } from '~/lab/load-plan';
import type { StrategyInfo } from '~/lab/strategy';
import { ChoiceField } from './choice-field';
import { NumberField } from './number-field';
import type { FieldErrors, PlanFields as Fields } from './plan-form';
import { StrategyPicker } from './strategy-picker';

export interface PlanFieldsProps {
  strategies: readonly StrategyInfo[];
  fields: Fields;
  errors: FieldErrors;
}

type NumberName = Exclude<keyof typeof LIMITS, 'lanes' | 'seed' | 'itemStock'>;

const NUMBERS: { name: NumberName; label: string; hint: string }[] = [
  { name: 'stock', label: 'Stock', hint: 'Units on sale in each lane.' },
  { name: 'attempts', label: 'Attempts', hint: 'Purchases in each lane.' },
  { name: 'concurrency', label: 'Concurrency', hint: 'Buyers at once.' },
  { name: 'thinkMs', label: 'Think time (ms)', hint: 'Between reading and writing.' },
  { name: 'quantity', label: 'Quantity', hint: 'Units a purchase asks for.' },
  { name: 'timeoutMs', label: 'Time-out (ms)', hint: 'Then an attempt is indeterminate.' },
];

const MODELS = [
  { value: 'closed', label: 'Closed', hint: 'a fixed number of buyers, each coming back at once' },
  { value: 'burst', label: 'Burst', hint: 'everybody waits at a barrier, then all are released together' },
];

const ORDERS = [
  { value: 'sequential', label: 'One after the other', hint: 'lanes do not disturb each other' },
  { value: 'parallel', label: 'In parallel', hint: 'lanes share the machine' },
];

/** Everything about a load plan that can be changed. */
export function PlanFields({ strategies, fields, errors }: PlanFieldsProps): ReactElement {
  const text = (name: string) => String(fields[name] ?? '');
  return (
    <div className="flex flex-col gap-6">
      <StrategyPicker strategies={strategies} chosen={fields.strategies} error={errors.strategies} />
      <div className="grid gap-x-4 gap-y-5 sm:grid-cols-3 xl:grid-cols-6">
        {NUMBERS.map(({ name, label, hint }) => (
          <NumberField
            key={name}
            name={name}
            label={label}
            hint={hint}
            value={text(name)}
            limits={LIMITS[name]}
            error={errors[name]}
          />
        ))}
      </div>
      <div className="grid gap-6 md:grid-cols-2">
        <ChoiceField
          name="model"
          label="Load model"
          value={text('model')}
          choices={MODELS}
          error={errors.model}
        />
        <ChoiceField
          name="order"
          label="Order of the lanes"
          value={text('order')}
          choices={ORDERS}
          error={errors.order}
        />
      </div>
      <label className="flex items-start gap-2.5">
        <input
          type="checkbox"
          name="control"
          defaultChecked={text('control') === 'on'}
          className="mt-1 accent-ink"
        />
        <span>
          Positive control{' '}
          <span className="text-ink-3">
            also race the unsafe twin: a lane that holds under a load that breaks nothing has proved nothing
          </span>
        </span>
      </label>
    </div>
  );
}
