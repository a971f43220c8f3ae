import type { ReactElement } from 'react';
import { strokeOf, type ChartColumn } from './chart-column';

/** What each line, area or bar of a chart is. */
export function Legend({ columns }: { columns: readonly ChartColumn[] }): ReactElement {
  return (
    <ul className="flex flex-wrap gap-x-3 text-2xs text-ink-3">
      {columns.map((column) => (
        <li key={column.key} className="flex items-center gap-1.5">
          <svg viewBox="0 0 14 4" className="h-1 w-3.5" aria-hidden>
            <line x2="14" y1="2" y2="2" {...strokeOf(column)} />
          </svg>
          {column.name}
        </li>
      ))}
    </ul>
  );
}
