import { useEffect, useRef, type ReactElement } from 'react';
import type { Move } from '@/model/exploration';
import { findStepLines } from './step-lines';

export interface MarkedSourceProps {
  source: string;
  /** The source's lines as escaped HTML. */
  lines: readonly string[];
  /** The moves up to the current one. */
  moves: readonly Move[];
  actors: readonly string[];
}

/** The code that runs. Each attempt is marked at its current line, and the line of the current move is in view. */
export function MarkedSource({ source, lines, moves, actors }: MarkedSourceProps): ReactElement {
  const pane = useRef<HTMLPreElement>(null);
  const marks = marksAt(source, moves, actors);
  const current = moves.at(-1);
  const [line] = current ? findStepLines(source, current.step) : [];
  useEffect(() => {
    if (pane.current && line !== undefined) bringIntoView(pane.current, line);
  }, [line, moves.length]);
  return (
    <pre
      ref={pane}
      className="card source max-h-[46rem] min-w-0 overflow-auto py-3 text-xs leading-5 max-lg:max-h-80"
      tabIndex={0}
      role="region"
      aria-label="Source"
    >
      {lines.map((text, i) => {
        const here = marks.get(i) ?? [];
        return (
          <div
            key={i}
            data-line={i + 1}
            data-actors={here.join(' ') || undefined}
            className={`flex min-w-max ${here.length > 0 ? 'bg-hover font-semibold' : ''}`}
          >
            <span className="w-16 shrink-0 px-2 text-right font-semibold">{here.join(' ')}</span>
            {/* escaped by the highlighter, which adds nothing but spans with classes */}
            <code className="pr-4" dangerouslySetInnerHTML={{ __html: text || ' ' }} />
          </div>
        );
      })}
    </pre>
  );
}

/** Attempts by the line of the step that they took last. */
function marksAt(source: string, moves: readonly Move[], actors: readonly string[]): Map<number, string[]> {
  const marks = new Map<number, string[]>();
  for (const actor of actors) {
    const last = moves.findLast((move) => move.actor === actor);
    if (!last) continue;
    for (const line of findStepLines(source, last.step)) marks.set(line, [...(marks.get(line) ?? []), actor]);
  }
  return marks;
}

/** Scrolls only the pane, to the middle, and only when the line is out of view: the page does not move. */
function bringIntoView(pane: HTMLElement, line: number): void {
  const target = pane.querySelector<HTMLElement>(`[data-line="${line + 1}"]`);
  if (!target) return;
  const view = pane.getBoundingClientRect();
  const { top, bottom } = target.getBoundingClientRect();
  if (top >= view.top && bottom <= view.bottom) return;
  pane.scrollTop += (top + bottom) / 2 - (view.top + view.bottom) / 2;
}
