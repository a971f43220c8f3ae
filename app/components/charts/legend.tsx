import type { ReactElement } from 'react';
import type { ChartColumn } from './chart-kinds';

/** What each line, area or bar of a chart is. */
export function Legend({ columns }: { columns: ChartColumn[] }): ReactElement {
  return (
    <ul className="flex flex-wrap gap-x-3 text-2xs text-ink-3">
      {columns.map(({ key, name, color, dash }) => (
        <li key={key} className="flex items-center gap-1.5">
          <svg viewBox="0 0 14 4" className="h-1 w-3.5" aria-hidden>
            <line
              x2="14"
              y1="2"
              y2="2"
              stroke={color}
              strokeWidth={key === 'p99' ? 1.25 : 3}
              strokeDasharray={dash}
            />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
