import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useKeys } from './use-keys';

/** A place in a series of moves, from 0. */
export interface Steps {
  at: number;
  count: number;
  go: (to: number) => void;
}

/** Steps through a series by the keys ←, →, Home and End. */
export function useSteps(count: number): Steps {
  const [at, setAt] = useState(0);
  const go = (to: number) => setAt(Math.max(0, Math.min(count - 1, to)));
  useKeys({
    ArrowLeft: () => go(at - 1),
    ArrowRight: () => go(at + 1),
    Home: () => go(0),
    End: () => go(count - 1),
  });
  return { at, count, go };
}

/** How a panel with a stepper says which keys it knows. */
export const STEP_KEYS = '← and → step, Home and End jump.';

/** The buttons and the slider of a stepper. */
export function StepControls({ at, count, go }: Steps): ReactElement {
  return (
    <div className="flex flex-wrap items-center gap-2 noscript:hidden sm:shrink-0 sm:flex-nowrap">
      <button type="button" className="button" disabled={at === 0} onClick={() => go(at - 1)}>
        <ChevronLeft className="size-4" aria-hidden />
        Back
      </button>
      <input
        type="range"
        aria-label="Move"
        className="w-20 accent-ink sm:w-28"
        min={1}
        max={count}
        value={at + 1}
        onChange={(event) => go(event.target.valueAsNumber - 1)}
      />
      <span data-move className="whitespace-nowrap text-ink-2">
        {at + 1} of {count}
      </span>
      <button type="button" className="button" disabled={at + 1 >= count} onClick={() => go(at + 1)}>
        Next
        <ChevronRight className="size-4" aria-hidden />
      </button>
    </div>
  );
}
