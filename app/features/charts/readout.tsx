import type { ReactElement } from 'react';
import { formatSeconds } from '~/ui/format';

interface Entry {
  name?: string | number;
  value?: unknown;
  color?: string;
  payload?: Record<string, number | null>;
}

export interface ReadoutProps {
  format: (value: number) => string;
  unit?: string;
  /** Leaves out what is zero. */
  hideZero?: boolean;
  /** Names the row; by default its time. */
  labelOf?: (row: Record<string, number | null>) => string;
  /** Given by Recharts. */
  active?: boolean;
  payload?: readonly Entry[];
}

/** The values under the cursor of a chart. */
export function Readout({
  format,
  unit = '',
  hideZero = false,
  labelOf,
  active,
  payload,
}: ReadoutProps): ReactElement | null {
  const entries = (payload ?? []).filter(
    ({ value }) => typeof value === 'number' && !(hideZero && value === 0),
  );
  const row = payload?.[0]?.payload;
  if (!active || !row) return null;
  return (
    <div className="rounded-lg border border-line bg-surface px-2.5 py-1.5 text-xs shadow-float">
      <p className="text-ink-3">{labelOf ? labelOf(row) : formatSeconds(row.t ?? 0)}</p>
      {entries.length === 0 && <p>nothing</p>}
      {entries.map(({ name, value, color }) => (
        <p key={name} className="flex items-center justify-between gap-4">
          <span className="flex items-center gap-1.5 text-ink-2">
            <span className="size-2 rounded-[2px]" style={{ background: color }} />
            {name}
          </span>
          <span className="font-semibold">
            {format(Number(value))}
            {unit}
          </span>
        </p>
      ))}
    </div>
  );
}
