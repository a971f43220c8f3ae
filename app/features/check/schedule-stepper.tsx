import type { ReactElement } from 'react';
import type { CheckResult, CheckRow, CheckSchedule } from '@/model/app-check';
import { Panel } from '~/ui/panel';
import { STEP_KEYS, StepControls, useSteps } from '~/ui/stepper';
import { titleOf } from './check-view';
import { ScheduleTable } from './schedule-table';

/** Steps through a schedule of requests, forwards and back, beside the rows that it has touched so far. */
export function ScheduleStepper({
  result,
  schedule,
}: {
  result: CheckResult;
  schedule: CheckSchedule;
}): ReactElement {
  const steps = useSteps(schedule.moves.length);
  const { title, help } = titleOf(result, schedule);
  return (
    <Panel id="schedule" title={title} help={`${help} ${STEP_KEYS}`} actions={<StepControls {...steps} />}>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <ScheduleTable schedule={schedule} requests={result.requests} steps={steps} />
        <RowsNow rows={schedule.moves[steps.at]?.state ?? []} move={steps.at + 1} />
      </div>
    </Panel>
  );
}

/** Every committed row that differs from the start state after a move, column by column. */
function RowsNow({ rows, move }: { rows: readonly CheckRow[]; move: number }): ReactElement {
  return (
    <section
      aria-label="Rows after the move"
      aria-live="polite"
      className="card flex flex-col gap-3 p-4 lg:sticky lg:top-4"
    >
      <h3 className="text-[0.8125rem] font-semibold">Rows after move {move}</h3>
      {rows.length === 0 && <p className="text-[0.8125rem] text-ink-3">As they were at the start.</p>}
      {rows.map((row, i) => (
        <Row key={i} row={row} />
      ))}
    </section>
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
