import type { ReactElement, ReactNode } from 'react';
import { raceUrl } from '@/report/addresses';
import type { ComparedColumn, Comparison } from '@/report/compare-races';
import type { RenderLink } from '~/features/history/history-list';
import { StatusPill } from '~/ui/status-pill';
import { Timestamp } from '~/ui/timestamp';
import { addressComparison, nameColumn, type AskedComparison } from './compare-address';
import { ColumnLetter } from './compare-table';

export interface ColumnCardsProps {
  comparison: Comparison;
  asked: AskedComparison;
  /** Names of the races, or of the lanes of the only one, in the order of the columns. */
  names: readonly string[];
  renderLink: RenderLink;
  /** The actions for a race, such as running it again. */
  renderActions: (column: ComparedColumn, name: string) => ReactNode;
}

/** The races behind the letters, and which of them is the baseline. */
export function ColumnCards(props: ColumnCardsProps): ReactElement {
  const { comparison, asked, names, renderLink, renderActions } = props;
  const { columns, baseline } = comparison;
  return (
    <ol className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4" aria-label="What is compared">
      {columns.map((column, i) => (
        <li key={`${column.raceId} ${column.lane}`} className="card flex min-w-0 flex-col gap-2 p-3">
          <span className="flex flex-wrap items-center gap-2">
            <ColumnLetter column={i} />
            {i === baseline ? (
              <span className="chip border-ink text-ink">Baseline</span>
            ) : (
              renderLink(
                addressComparison({ ...asked, baseline: i }),
                'chip hover:bg-hover hover:text-ink',
                <>
                  Make baseline <span className="sr-only">{nameColumn(i)}</span>
                </>,
              )
            )}
            {column.status !== 'finished' && <StatusPill status={column.status} />}
            {column.lane === null && (
              <span className="ml-auto flex">{renderActions(column, names[i] ?? '')}</span>
            )}
          </span>
          {renderLink(
            raceUrl(column.raceId),
            'rounded font-medium break-words underline-offset-2 hover:underline',
            names[i],
          )}
          <span className="text-xs text-ink-3">
            <Timestamp iso={column.createdAt} />, <code className="font-mono">{column.raceId}</code>
          </span>
          {column.reason !== null && <span className="text-xs text-warning-ink">{column.reason}</span>}
        </li>
      ))}
    </ol>
  );
}
