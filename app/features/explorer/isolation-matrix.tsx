import { Ban, OctagonX } from 'lucide-react';
import type { ReactElement } from 'react';
import { LEVELS, type IsolationCase, type IsolationCell, type IsolationReport } from '@/model/isolation';
import { Panel } from '~/ui/panel';
import { describeMove, Sent, Woken } from './sent';

export interface IsolationMatrixProps {
  report: IsolationReport;
  /** The cell whose script is shown, as the address names it. */
  chosen: { id: string | null; level: string | null };
}

/** Anomalies by isolation level, and the script of one cell as it ran. */
export function IsolationMatrix({ report, chosen }: IsolationMatrixProps): ReactElement {
  const shown = report.cases.find(({ id }) => id === chosen.id);
  const cell = shown?.cells.find(({ level }) => level === chosen.level);
  return (
    <>
      <p data-published className="font-semibold">
        {report.server} {report.version}:{' '}
        {report.equalsPublished
          ? 'every cell is as published.'
          : 'some cells differ from what is published: either this server differs, or the explorer is wrong.'}
      </p>
      <div
        className="card overflow-x-auto"
        tabIndex={0}
        role="region"
        aria-label="Anomalies by isolation level"
      >
        <table className="w-full text-left text-[0.8125rem]">
          <thead>
            <tr className="bg-sunken text-xs text-ink-3">
              <th scope="col" className="px-4 py-2 font-normal">
                anomaly
              </th>
              {LEVELS.map((level) => (
                <th key={level} scope="col" className="px-4 py-2 font-normal whitespace-nowrap">
                  {level}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.cases.map((one) => (
              <CaseRow key={one.id} of={one} chosen={one === shown ? (cell?.level ?? null) : null} />
            ))}
          </tbody>
        </table>
      </div>
      {shown && cell ? (
        <Script of={shown} cell={cell} />
      ) : (
        <p className="text-ink-3">Choose a cell to see its script, statement by statement, as it ran.</p>
      )}
    </>
  );
}

function CaseRow({ of, chosen }: { of: IsolationCase; chosen: string | null }): ReactElement {
  return (
    <tr className="border-t border-line">
      <th scope="row" className="min-w-56 px-4 py-2 font-normal">
        <strong className="font-semibold">{of.id}</strong> {of.title}
        <span className="block text-xs text-pretty text-ink-3 max-sm:hidden">{of.meaning}</span>
      </th>
      {of.cells.map((cell) => (
        <td key={cell.level} className={`px-2 py-1 align-top ${cell.level === chosen ? 'bg-hover' : ''}`}>
          <a
            href={`?${new URLSearchParams({ case: of.id, level: cell.level }).toString()}#script`}
            data-level={cell.level}
            aria-current={cell.level === chosen ? 'true' : undefined}
            aria-label={`${of.id} at ${cell.level}: ${describeCell(cell)}${isAsPublished(cell) ? '' : ' published otherwise'}`}
            className="flex items-start gap-1.5 rounded-md px-2 py-1 whitespace-nowrap hover:bg-hover"
          >
            <CellWords cell={cell} />
          </a>
        </td>
      ))}
    </tr>
  );
}

function CellWords({ cell }: { cell: IsolationCell }): ReactElement {
  const Icon = cell.occurs ? OctagonX : Ban;
  return (
    <>
      <Icon
        className={`mt-0.5 size-4 shrink-0 ${cell.occurs ? 'text-unsafe-ink' : 'text-safe-ink'}`}
        aria-hidden
      />
      <span>
        <strong className={`font-semibold ${cell.occurs ? 'text-unsafe-ink' : 'text-safe-ink'}`}>
          {cell.occurs ? 'allowed' : 'prevented'}
        </strong>{' '}
        {!cell.occurs && <span className="block text-xs text-ink-3">{wayOf(cell)}</span>}
        {!isAsPublished(cell) && (
          <span className="block text-xs font-semibold text-warning-ink">published otherwise</span>
        )}
      </span>
    </>
  );
}

function Script({ of, cell }: { of: IsolationCase; cell: IsolationCell }): ReactElement {
  return (
    <div id="script">
      <Panel
        id="script-title"
        title={`${of.id} at ${cell.level}: ${describeCell(cell)}`}
        help={`${of.meaning} ${isAsPublished(cell) ? 'As published.' : 'Published otherwise.'}`}
      >
        <ol className="card flex flex-col gap-3 p-4 text-[0.8125rem]">
          {cell.moves.map((move, i) => (
            <li key={i} className={move.actor === 'T1' ? '' : 'sm:pl-10'}>
              <p className="mb-1 font-medium">{describeMove(move)}</p>
              <Sent move={move} />
              <Woken move={move} />
            </li>
          ))}
        </ol>
      </Panel>
    </div>
  );
}

function isAsPublished({ occurs, published }: IsolationCell): boolean {
  return occurs === published;
}

/** In the words that the cell shows, so that voice control finds the link by them. */
function describeCell(cell: IsolationCell): string {
  return cell.occurs ? 'allowed' : `prevented ${wayOf(cell)}`;
}

/** How the anomaly was prevented, as the script shows. */
function wayOf({ moves }: IsolationCell): string {
  const failed = moves.some((move) =>
    [move, ...move.woke].some(({ sql }) => sql.some(({ error }) => error !== undefined)),
  );
  if (failed) return 'by an error';
  if (moves.some(({ waitsFor }) => waitsFor.length > 0)) return 'by waiting';
  return 'by what is read';
}
