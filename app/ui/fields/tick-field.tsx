import type { ReactElement, ReactNode } from 'react';

export interface TickFieldProps {
  name: string;
  label: string;
  ticked: boolean;
  /** Called with the new state; without it the box keeps its own state. */
  onChange?: (ticked: boolean) => void;
  /** What ticking it means. */
  children: ReactNode;
}

/** A checkbox with its meaning. */
export function TickField({ name, label, ticked, onChange, children }: TickFieldProps): ReactElement {
  return (
    <label className="flex items-start gap-2.5">
      <input
        type="checkbox"
        name={name}
        {...(onChange
          ? { checked: ticked, onChange: (event) => onChange(event.currentTarget.checked) }
          : { defaultChecked: ticked })}
        className="mt-1 accent-ink"
      />
      <span>
        {label} <span className="text-ink-3">{children}</span>
      </span>
    </label>
  );
}
