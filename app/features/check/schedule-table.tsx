import type { ReactElement, ReactNode } from 'react';
import type { CheckMove, CheckResult, CheckRow, CheckSchedule } from '@/model/app-check';
import { describeRow, inlineParams } from '@/report/check-moves';
import type { Steps } from '~/ui/stepper';

interface ScheduleTableProps {
  schedule: CheckSchedule;
  requests: CheckResult['requests'];
  /** Marks the current move, and goes to the one that is clicked; absent: nothing steps through the table. */
  steps?: Steps;
}

/**
 * The moves of a schedule with a column for each request, and, where nothing steps through it, beside each move the
 * committed rows that differ from the start state after it. What a request read and another one changed is struck out.
 */
export function ScheduleTable({ schedule, requests, steps }: ScheduleTableProps): ReactElement {
  const { moves, answers, id } = schedule;
  const columns = requests.map(({ request }) => request);
  const cells = (of: number, content: ReactNode) =>
    columns.map((request) => (
      <td key={request} className="min-w-44 px-3 py-2 align-top">
        {request === of && content}
      </td>
    ));
  return (
    <div
      className="card overflow-x-auto"
      tabIndex={0}
      role="region"
      aria-label={`Moves of the schedule ${id}`}
    >
      <table className="w-full text-left text-[0.8125rem]">
        <thead>
          <tr className="text-xs text-ink-3">
            <th scope="col" className="px-3 py-2 font-normal">
              move
            </th>
            {columns.map((request) => (
              <th key={request} scope="col" className="px-3 py-2 font-semibold text-ink">
                T{request}
              </th>
            ))}
            {!steps && (
              <th scope="col" className="px-3 py-2 font-normal">
                rows changed so far
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {moves.map((move, place) => (
            <tr
              key={place}
              aria-current={place === steps?.at ? 'step' : undefined}
              onClick={steps && (() => steps.go(place))}
              className={`border-t border-line ${toneOf(place, schedule)} ${steps ? 'cursor-pointer' : ''} ${place === steps?.at ? 'outline-2 -outline-offset-2 outline-ink' : ''}`}
            >
              <th scope="row" className="px-3 py-2 align-top font-normal text-ink-3">
                {place + 1}
              </th>
              {cells(move.request, <Move move={move} place={place} schedule={schedule} />)}
              {!steps && (
                <td className="min-w-44 px-3 py-2 align-top">
                  <ChangedRows rows={move.state} before={moves[place - 1]?.state} />
                </td>
              )}
            </tr>
          ))}
          {answers.map(({ request, status, body, isAccepted }) => (
            <tr key={`answer ${request}`} className="border-t border-line bg-sunken">
              <th scope="row" className="px-3 py-2 align-top font-normal text-ink-3">
                answer
              </th>
              {cells(
                request,
                <>
                  <strong className="font-semibold">{isAccepted ? 'accepted' : 'refused'}</strong>{' '}
                  <code className="font-mono text-xs break-all">
                    {status} {body.slice(0, 300)}
                  </code>
                </>,
              )}
              {!steps && <td />}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function toneOf(place: number, { match }: CheckSchedule): string {
  if (place === match?.writes) return 'bg-unsafe-wash';
  return place === match?.reads || place === match?.changed ? 'bg-warning-wash' : '';
}

interface MoveProps {
  move: CheckMove;
  place: number;
  schedule: CheckSchedule;
}

function Move({ move, place, schedule: { match } }: MoveProps): ReactElement {
  const { event, sql = '', params = [], rows = [], tag, error, waitsFor = [], woke = [] } = move;
  const list = (requests: readonly number[]) => requests.map((request) => `T${request}`).join(', ');
  const isStale = place === match?.reads;
  return (
    <div className="flex flex-col gap-0.5">
      {event === 'statement' ? (
        <code className="font-mono text-xs break-words whitespace-pre-wrap">{inlineParams(sql, params)}</code>
      ) : (
        <span className="text-ink-2">{event === 'arrival' ? 'arrives' : 'commit'}</span>
      )}
      {rows.map((row, i) => (
        <strong key={i} className="font-mono text-xs font-semibold break-words">
          → {isStale ? <s>{describeRow(row)}</s> : describeRow(row)}
        </strong>
      ))}
      {rows.length === 0 && tag !== undefined && (
        <span className="font-mono text-xs text-ink-3">→ {tag}</span>
      )}
      {isStale && <Note>Not so any more after move {match.changed + 1}.</Note>}
      {place === match?.changed && <Note>Changes what T{match.request} has read.</Note>}
      {place === match?.writes && (
        <Note isBad>
          Goes by what it read at move {match.reads + 1}, which move {match.changed + 1} has changed.
        </Note>
      )}
      {waitsFor.length > 0 && <Note>Waits for {list(waitsFor)}.</Note>}
      {woke.length > 0 && <Note>{list(woke)} can go on.</Note>}
      {error !== undefined && <Note isBad>{error}</Note>}
    </div>
  );
}

function Note({ isBad = false, children }: { isBad?: boolean; children: ReactNode }): ReactElement {
  return (
    <span className={`text-xs ${isBad ? 'font-semibold text-unsafe-ink' : 'text-ink-2'}`}>{children}</span>
  );
}

/** The rows after a move, where they are others than before it. */
function ChangedRows({
  rows = [],
  before = [],
}: {
  rows?: CheckRow[];
  before?: CheckRow[];
}): ReactElement | null {
  if (JSON.stringify(rows) === JSON.stringify(before)) return null;
  if (rows.length === 0) return <span className="text-xs text-ink-3">as at the start</span>;
  return (
    <ul className="flex flex-col gap-0.5 font-mono text-xs break-words">
      {rows.map((row, i) => (
        <li key={i}>
          <span className="text-ink-3">{row.table.replace(/^public\./, '')}</span> {describeChange(row)}
        </li>
      ))}
    </ul>
  );
}

/** `+ id 1, sku a`, `- id 1, sku a`, or the columns that differ: `stock 1 → 0`. */
function describeChange({ before, after }: CheckRow): string {
  if (after === null) return `− ${describeRow(before ?? {})}`;
  if (before === null) return `+ ${describeRow(after)}`;
  return Object.entries(after)
    .filter(([column, value]) => before[column] !== value)
    .map(([column, value]) => `${column} ${before[column] ?? 'null'} → ${value ?? 'null'}`)
    .join(', ');
}
