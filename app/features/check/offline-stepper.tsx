import type { ReactElement } from 'react';
import type { CheckMove, CheckResult, CheckRow, CheckSchedule } from '@/model/app-check';
import { Panel } from '~/ui/panel';
import { titleOf } from './check-view';
import { RowsAfter } from './rows-after';
import { moveId, ScheduleTable } from './schedule-table';

/**
 * The stepper of a document without scripts. Each move is a radio button, which the browser walks through by the arrow
 * keys, and a rule of the style sheet for each shows the rows as they are after it. A browser that does not know `:has`
 * shows the rows after all moves.
 */
export function OfflineStepper({
  result,
  schedule,
}: {
  result: CheckResult;
  schedule: CheckSchedule;
}): ReactElement {
  const { title, help } = titleOf(result, schedule);
  const states = statesOf(schedule.moves);
  return (
    <Panel
      id="schedule"
      title={title}
      help={`${help} Choose a move, and step on from it by the arrow keys: beside it are the rows as they are then.`}
    >
      <style dangerouslySetInnerHTML={{ __html: showChosen(states) }} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <ScheduleTable schedule={schedule} requests={result.requests} hasRadios />
        <div className="flex flex-col gap-4 lg:sticky lg:top-4">
          {states.map(({ rows, from, to }) => (
            <section
              key={from}
              id={rowsId(from)}
              aria-label={`Rows after move ${from}`}
              className="card flex flex-col gap-3 p-4"
            >
              <RowsAfter rows={rows} from={from} to={to} />
            </section>
          ))}
        </div>
      </div>
    </Panel>
  );
}

/** Rows that are the same after several moves, which are numbered from 1. */
interface State {
  rows: CheckRow[];
  from: number;
  to: number;
}

function statesOf(moves: readonly CheckMove[]): State[] {
  const states: State[] = [];
  for (const [place, { state: rows = [] }] of moves.entries()) {
    const last = states.at(-1);
    if (last && JSON.stringify(last.rows) === JSON.stringify(rows)) last.to = place + 1;
    else states.push({ rows, from: place + 1, to: place + 1 });
  }
  return states;
}

const rowsId = (from: number) => `rows-after-${from}`;

/** Hides the rows after all moves but the chosen one. Ids hold numbers only. */
function showChosen(states: readonly State[]): string {
  const rules = states.map(({ from, to }) => {
    const chosen = Array.from({ length: to - from + 1 }, (_, i) => `#${moveId(from + i)}:checked`);
    return `body:not(:has(${chosen.join(',')})) #${rowsId(from)}{display:none}`;
  });
  return `@media screen{@supports selector(:has(a)){${rules.join('')}}}`;
}
