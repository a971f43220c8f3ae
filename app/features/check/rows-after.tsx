import type { ReactElement } from 'react';
import type { CheckRow } from '@/model/app-check';

interface RowsAfterProps {
  rows: readonly CheckRow[];
  /** The moves after which they are so, from 1. */
  from: number;
  to?: number;
}

/** Every committed row that differs from the start state after a move, column by column. */
export function RowsAfter({ rows, from, to = from }: RowsAfterProps): ReactElement {
  return (
    <>
      <h3 className="text-[0.8125rem] font-semibold">
        {to === from ? `Rows after move ${from}` : `Rows after moves ${from} to ${to}`}
      </h3>
      {rows.length === 0 && <p className="text-[0.8125rem] text-ink-3">As they were at the start.</p>}
      {rows.map((row, i) => (
        <Row key={i} row={row} />
      ))}
    </>
  );
}

function Row({ row: { table, before, after } }: { row: CheckRow }): ReactElement {
  const columns = Object.keys(after ?? before ?? {});
  const what = before === null ? 'new' : after === null ? 'deleted' : 'changed';
  return (
    <table className="w-full table-fixed text-left text-[0.8125rem]">
      <caption className="pb-1 text-left text-xs text-ink-3">
        <code className="font-mono">{table.replace(/^public\./, '')}</code>, {what}
      </caption>
      <tbody className="font-mono text-xs">
        {columns.map((column) => {
          const [old, now] = [before?.[column], after?.[column]];
          const isChanged = before !== null && after !== null && old !== now;
          return (
            <tr key={column} className="border-t border-line align-top">
              <th scope="row" className="w-2/5 py-1 pr-2 font-normal break-words text-ink-2">
                {column}
              </th>
              <td className={`py-1 break-words ${isChanged ? 'font-semibold' : ''}`}>
                {after === null || isChanged ? <s className="text-ink-3">{old ?? 'null'}</s> : null}
                {isChanged && ' '}
                {after !== null && (now ?? 'null')}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
