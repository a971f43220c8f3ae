import type { ReactElement } from 'react';
import type { TimelineStep, StepLook } from '../collision-model';
import { STEP_LOOKS } from '../step-looks';

const SWATCHES: Record<StepLook, string> = {
  read: 'border-ink bg-surface',
  write: 'border-ink bg-ink',
  lock: 'border-edge bg-[repeating-linear-gradient(135deg,var(--color-surface)_0_2px,var(--color-ink-3)_2px_4px)]',
  think: 'border-edge bg-hover',
  other: 'border-edge bg-edge',
};

const ORDER: StepLook[] = ['read', 'write', 'lock', 'think', 'other'];

/** The key to the fillings of the steps that are there. */
export function StepKey({ beats }: { beats: readonly TimelineStep[] }): ReactElement {
  const looks = ORDER.filter((look) => beats.some((beat) => beat.look === look));
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-2xs text-ink-3" aria-label="Key to the steps">
      {looks.map((look) => (
        <li key={look} className="flex items-center gap-1.5">
          <span className={`h-2.5 w-4 rounded-sm border ${SWATCHES[look]}`} aria-hidden />
          {STEP_LOOKS[look]}
        </li>
      ))}
    </ul>
  );
}
