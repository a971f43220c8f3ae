import type { ReactElement } from 'react';
import type { Interleaving } from '@/model/strategy-page';

/** The column of a buyer's steps, by the buyer's number. */
const COLUMNS = ['col-start-1', 'col-start-2', 'col-start-3'];
const GRIDS = ['grid-cols-1', 'grid-cols-1', 'grid-cols-2', 'grid-cols-3'];

/** The steps of two or three buyers, time running down, each buyer in a separate column. */
export function InterleavingTable({ interleaving }: { interleaving: Interleaving }): ReactElement {
  const buyers = [...new Set(interleaving.lines.map(({ who }) => who))].sort();
  const grid = GRIDS[buyers.length] ?? 'grid-cols-3';
  return (
    <figure className="card relative overflow-x-auto p-4 sm:p-5">
      <div className={`grid ${grid} gap-x-4 text-xs font-semibold text-ink-3`} aria-hidden>
        {buyers.map((who) => (
          <span key={who}>{who}</span>
        ))}
      </div>
      <ol className={`mt-1.5 grid ${grid} gap-x-4 gap-y-1.5 text-[0.8125rem]`}>
        {interleaving.lines.map(({ who, does, leads }, i) => (
          <li key={i} className={COLUMNS[buyers.indexOf(who)]} style={{ gridRow: i + 1 }}>
            <span className="block rounded-md border border-line bg-sunken px-3 py-1.5">
              <span className="sr-only">{who}: </span>
              <code className="font-mono text-xs break-words">{does}</code>
              {leads !== '' && <span className="mt-0.5 block text-xs text-ink-3">{leads}</span>}
            </span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
