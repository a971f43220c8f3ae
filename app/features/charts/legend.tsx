import type { ReactElement } from 'react';
import { fillOf, strokeOf, type ChartColumn } from './chart-column';
import type { ChartShape } from './chart-kinds';

export interface LegendProps {
  shape: ChartShape;
  /** Columns with the same key share a name: one for each style. */
  columns: readonly ChartColumn[];
}

/** The meaning of each line, area or bar of a chart. */
export function Legend({ shape, columns }: LegendProps): ReactElement {
  const first = columns.filter(({ key }, i) => columns.findIndex((column) => column.key === key) === i);
  return (
    <ul className="flex min-h-4 flex-wrap gap-x-4 gap-y-0.5 text-2xs text-ink-3">
      {first.map(({ key, name }) => (
        <li key={key} className="flex items-center gap-1.5">
          {columns
            .filter((column) => column.key === key)
            .map((column) => (
              <Swatch key={column.color} shape={shape} column={column} />
            ))}
          {name}
        </li>
      ))}
    </ul>
  );
}

/** A line is as long as its dash needs to be recognised. */
function Swatch({ shape, column }: { shape: ChartShape; column: ChartColumn }): ReactElement {
  if (shape === 'areas' || shape === 'bars')
    return (
      <svg width="12" height="12" aria-hidden>
        <rect x="0.5" y="0.5" width="11" height="11" stroke={column.color} {...fillOf(column)} />
      </svg>
    );
  return (
    <svg viewBox="0 0 18 4" className="h-1 w-4.5" aria-hidden>
      <line x2="18" y1="2" y2="2" {...strokeOf(column)} />
    </svg>
  );
}
