import type { ReactElement, ReactNode } from 'react';
import type { CheckMove, CheckResult, CheckSchedule } from '@/model/app-check';
import { describeRow, inlineParams } from '@/report/check-moves';
import type { Steps } from '~/ui/stepper';

interface ScheduleTableProps {
  schedule: CheckSchedule;
  requests: CheckResult['requests'];
  /** Marks the current move, and goes to the one that is clicked. */
  steps?: Steps;
  /** Whether each move is a radio button, which a document without scripts steps by. */
  hasRadios?: boolean;
}

/** The id of the radio button of a move, which is numbered from 1. */
export const moveId = (move: number): string => `move-${move}`;

/**
 * The moves of a schedule with a column for each request. What a request read and another one changed is struck out.
 */
export function ScheduleTable({
  schedule,
  requests,
  steps,
  hasRadios = false,
}: ScheduleTableProps): ReactElement {
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
          </tr>
        </thead>
        <tbody>
          {moves.map((move, place) => (
            <tr
              key={place}
              aria-current={place === steps?.at ? 'step' : undefined}
              onClick={steps && (() => steps.go(place))}
              className={`border-t border-line ${toneOf(place, schedule)} ${steps ? 'cursor-pointer' : ''} ${place === steps?.at ? 'outline-2' : 'has-checked:outline-2'} -outline-offset-2 outline-ink`}
            >
              <th scope="row" className="px-3 py-2 align-top font-normal text-ink-3">
                {hasRadios ? (
                  <label className="flex cursor-pointer items-center gap-2">
                    <input
                      type="radio"
                      name="move"
                      id={moveId(place + 1)}
                      defaultChecked={place === 0}
                      className="accent-ink"
                    />
                    {place + 1}
                  </label>
                ) : (
                  place + 1
                )}
              </th>
              {cells(move.request, <Move move={move} place={place} schedule={schedule} />)}
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
