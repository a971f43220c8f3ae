import type { ReactElement } from 'react';
import type { ChartColumn } from './chart-column';
import type { ChartKind } from './chart-kinds';
import type { ChartModel } from './chart-model';
import { nameRange } from './latency-range';

export interface ChartTableProps {
  kind: Pick<ChartKind, 'format'>;
  model: ChartModel;
  columns: readonly ChartColumn[];
}

/** The same data as a table, for exact values and for readers who do not see the chart. */
export function ChartTable({ kind, model, columns }: ChartTableProps): ReactElement {
  const ranges = model.rows.some(({ from }) => from !== undefined);
  return (
    <div
      className="h-52 overflow-auto print:h-auto"
      tabIndex={0}
      role="region"
      aria-label={`${model.title}, table`}
    >
      <table className="w-full text-right text-xs">
        <thead className="sticky top-0 bg-surface text-ink-3">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-left font-medium">
              {ranges ? 'latency' : 'time'}
            </th>
            {columns.map((column) => (
              <th key={column.key} scope="col" className="px-3 py-1.5 font-medium">
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {model.rows.map((row) => (
            <tr key={row.t} className="border-t border-line">
              <th scope="row" className="px-3 py-1 text-left font-normal text-ink-2">
                {ranges ? nameRange(row) : `${row.t.toFixed(2)} s`}
              </th>
              {columns.map(({ key }) => {
                const value = row[key];
                return (
                  <td key={key} className="px-3 py-1">
                    {typeof value === 'number' ? kind.format(value) : '–'}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
