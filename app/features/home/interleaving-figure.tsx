import { Check, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';

interface Beat {
  buyer: 'A' | 'B';
  does: string;
  /** What the buyer then believes. */
  sees: string;
}

const BEATS: Beat[] = [
  { buyer: 'A', does: 'reads stock', sees: '1' },
  { buyer: 'B', does: 'reads stock', sees: '1' },
  { buyer: 'A', does: 'writes 1 − 1', sees: '0' },
  { buyer: 'B', does: 'writes 1 − 1', sees: '0' },
];

/** Time runs down: one step a row. */
const ROWS = ['row-start-1', 'row-start-2', 'row-start-3', 'row-start-4'];

/** How one unit is sold twice, in four steps of two buyers. */
export function InterleavingFigure(): ReactElement {
  return (
    <figure className="card w-full p-5 sm:p-6">
      <figcaption className="flex items-baseline justify-between gap-3">
        <span className="font-semibold">How the last unit is sold twice</span>
        <span className="text-xs text-ink-3">stock: 1</span>
      </figcaption>
      <div className="mt-4 grid grid-cols-2 gap-x-4 text-xs text-ink-3">
        <span>Buyer A</span>
        <span>Buyer B</span>
      </div>
      <ol className="mt-1.5 grid grid-cols-2 gap-x-4 gap-y-1.5 text-[0.8125rem]">
        {BEATS.map(({ buyer, does, sees }, row) => (
          <li
            key={`${buyer} ${does}`}
            className={`${ROWS[row] ?? ''} ${buyer === 'A' ? 'col-start-1' : 'col-start-2'}`}
          >
            <span className="flex items-center justify-between gap-2 rounded-md border border-line bg-sunken px-3 py-1.5">
              <span>
                <span className="sr-only">Buyer {buyer} </span>
                {does}
              </span>
              <code className="font-mono font-semibold">{sees}</code>
            </span>
          </li>
        ))}
        {(['A', 'B'] as const).map((buyer) => (
          <li key={buyer} className="row-start-5 flex items-center gap-1.5 pt-1 font-medium text-ink-2">
            <Check className="size-4 text-accepted" strokeWidth={2.5} aria-hidden />
            <span className="sr-only">Buyer {buyer}: </span>order placed
          </li>
        ))}
      </ol>
      <p className="mt-4 flex items-center gap-2 border-t border-line pt-4 font-semibold text-unsafe-ink">
        <TriangleAlert className="size-4 shrink-0" aria-hidden />
        Two orders, one unit, and stock says 0
      </p>
    </figure>
  );
}
