import type { KeyboardEvent, ReactElement } from 'react';
import { describeRange } from '@/plan/numbers';

export interface NumberFieldProps {
  name: string;
  label: string;
  hint: string;
  value: string | number;
  limits: { min: number; max: number; unit?: string; fractions?: boolean };
  /** Whether it may stay empty, which means its default. */
  optional?: boolean;
  /** What an empty field means. */
  placeholder?: string;
  error: string | undefined;
  /** Called with the text as it is typed, for a caller that checks it; without it the browser does. */
  onChange?: (text: string) => void;
}

/** A labelled number with its limits and unit; an error replaces its hint. */
export function NumberField(props: NumberFieldProps): ReactElement {
  const { name, label, hint, limits, optional = false, placeholder, error } = props;
  const hintId = `${name}-hint`;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={`plan-${name}`} className="font-medium">
        {label}
      </label>
      <input
        id={`plan-${name}`}
        name={name}
        inputMode={limits.fractions ? 'decimal' : 'numeric'}
        required={!optional}
        placeholder={placeholder}
        aria-invalid={error !== undefined}
        aria-describedby={hintId}
        className="field placeholder:text-ink-3"
        {...(props.onChange ? typed(props, props.onChange) : checkedByBrowser(props))}
      />
      {/* room for two lines, so that a message moves nothing */}
      <p id={hintId} className="min-h-8 text-xs">
        {error === undefined ? (
          <span className="text-ink-3">
            {hint} {describeRange({ unit: '', ...limits })}.
          </span>
        ) : (
          <span className="font-medium wrap-anywhere text-unsafe-ink" data-error={name}>
            {error}
          </span>
        )}
      </p>
    </div>
  );
}

/** A text field: a number input hides invalid text, from the caller and, after a reload, from the reader too. */
function typed({ value, limits }: NumberFieldProps, onChange: (text: string) => void) {
  return {
    type: 'text',
    autoComplete: 'off',
    value,
    onChange: (event: { currentTarget: HTMLInputElement }) => onChange(event.currentTarget.value),
    onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      const now = Number(event.currentTarget.value || event.currentTarget.placeholder.replaceAll(',', ''));
      if (direction === undefined || !Number.isFinite(now)) return;
      event.preventDefault();
      const next = Math.round(now) + direction * (event.shiftKey ? 10 : 1);
      onChange(String(Math.min(limits.max, Math.max(Math.ceil(limits.min), next))));
    },
  };
}

function checkedByBrowser({ value, limits }: NumberFieldProps) {
  return {
    type: 'number',
    step: limits.fractions ? 'any' : 1,
    min: limits.min,
    max: limits.max,
    defaultValue: value,
  };
}
