import type { ReactElement } from 'react';
import { formatCount } from './format';

export interface NumberFieldProps {
  name: string;
  label: string;
  hint: string;
  value: string | number;
  limits: { min: number; max: number };
  error: string | undefined;
}

/** A labelled number with its limits, and the server's complaint if there is one. */
export function NumberField({ name, label, hint, value, limits, error }: NumberFieldProps): ReactElement {
  const hintId = `${name}-hint`;
  const errorId = `${name}-error`;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={`plan-${name}`} className="font-medium">
        {label}
      </label>
      <input
        id={`plan-${name}`}
        name={name}
        type="number"
        inputMode="numeric"
        required
        step={1}
        min={limits.min}
        max={limits.max}
        defaultValue={value}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? hintId : `${errorId} ${hintId}`}
        className="field"
      />
      {error !== undefined && (
        <p id={errorId} className="text-xs font-medium text-unsafe-ink">
          {error}
        </p>
      )}
      <p id={hintId} className="text-xs text-ink-3">
        {hint} {formatCount(limits.min)} to {formatCount(limits.max)}.
      </p>
    </div>
  );
}
