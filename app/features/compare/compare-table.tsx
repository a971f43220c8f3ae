import type { ReactElement, ReactNode } from 'react';
import { nameColumn } from './compare-address';

export interface CompareTableProps {
  /** The accessible name of the region that scrolls. */
  label: string;
  corner: ReactNode;
  columns: number;
  baseline: number;
  /** Under the letter of a column. */
  renderHead?: (column: number) => ReactNode;
  rows: { key: string; name: ReactNode; cells: ReactNode[] }[];
}

/** A row for each compared value, a column for each race; scrolls within itself when space is short. */
export function CompareTable(props: CompareTableProps): ReactElement {
  const { label, corner, columns, baseline, renderHead, rows } = props;
  return (
    <>
      <div className="card relative overflow-x-auto py-1" tabIndex={0} role="region" aria-label={label}>
        <table
          className={`w-full text-[0.8125rem] max-sm:[&_.chip]:flex-wrap ${columns <= FIT_PHONE ? 'max-sm:table-fixed' : ''}`}
        >
          <thead>
            <tr className="align-bottom">
              <th
                scope="col"
                className="sticky left-0 z-10 w-52 min-w-28 bg-surface px-4 py-2 text-left font-semibold max-sm:w-20 max-sm:max-w-0 max-sm:min-w-20 max-sm:px-2"
              >
                {corner}
              </th>
              {Array.from({ length: columns }, (_, column) => (
                <th
                  key={column}
                  scope="col"
                  className="min-w-36 px-4 py-2 text-right font-medium max-sm:min-w-28 max-sm:px-1.5"
                >
                  <span className="flex flex-col items-end gap-1">
                    <span>
                      <ColumnLetter column={column} />
                      {column === baseline && <span className="ml-1.5 text-xs text-ink-3">baseline</span>}
                    </span>
                    {renderHead?.(column)}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, cells }) => (
              <tr key={key} className="border-t border-line align-top">
                <th
                  scope="row"
                  className="sticky left-0 z-10 bg-surface px-4 py-1.5 text-left font-normal text-ink-2 max-sm:px-2 max-sm:text-xs"
                >
                  {name}
                </th>
                {cells.map((cell, column) => (
                  <td key={column} className="px-4 py-1.5 text-right font-medium max-sm:px-1.5">
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {columns > FIT_PHONE && (
        <p className="text-xs text-ink-3 sm:hidden">Scroll the table sideways for all {columns} columns.</p>
      )}
    </>
  );
}

/** Columns that a phone shows beside their labels. */
const FIT_PHONE = 2;

/** The letter that stands for a column everywhere on the page. */
export function ColumnLetter({ column }: { column: number }): ReactElement {
  return (
    <span className="inline-grid size-5 place-items-center rounded bg-ink text-xs font-semibold text-inverse">
      {nameColumn(column)}
    </span>
  );
}
