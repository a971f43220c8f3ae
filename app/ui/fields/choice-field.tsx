import type { ReactElement } from 'react';

export interface ChoiceFieldProps {
  name: string;
  label: string;
  value: string;
  choices: readonly { value: string; label: string; hint: string }[];
  error: string | undefined;
  onChange: (value: string) => void;
}

/** A choice of a few options, each with its meaning. */
export function ChoiceField({
  name,
  label,
  value,
  choices,
  error,
  onChange,
}: ChoiceFieldProps): ReactElement {
  const errorId = `${name}-error`;
  return (
    <fieldset
      className="flex flex-col gap-1.5"
      aria-describedby={error === undefined ? undefined : errorId}
      data-invalid={error === undefined ? undefined : ''}
    >
      <legend className="mb-1 font-medium">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className="flex items-start gap-2.5">
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            className="mt-1 accent-ink"
          />
          <span>
            {choice.label} <span className="text-ink-3">{choice.hint}</span>
          </span>
        </label>
      ))}
      {error !== undefined && (
        <p id={errorId} className="text-xs font-medium text-unsafe-ink">
          {error}
        </p>
      )}
    </fieldset>
  );
}
