import type { ReactElement } from 'react';
import { formatMs } from '@/model/wording';
import type { Collision, StepCategory, TimelineStep } from '../collision-model';
import { LETTERS } from '../letters';
import { STEP_STYLES } from '../step-styles';

const SWATCHES: Record<StepCategory, string> = {
  read: 'border-ink bg-surface',
  write: 'border-ink bg-ink',
  lock: 'border-edge bg-[repeating-linear-gradient(135deg,var(--color-surface)_0_2px,var(--color-ink-3)_2px_4px)]',
  think: 'border-edge bg-hover',
  other: 'border-edge bg-edge',
};

const ORDER: StepCategory[] = ['read', 'write', 'lock', 'think', 'other'];

/** The legend of the fills in use. */
export function StepKey({ beats }: { beats: readonly TimelineStep[] }): ReactElement {
  const used = ORDER.filter((category) => beats.some((beat) => beat.category === category));
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-2xs text-ink-3" aria-label="Key to the steps">
      {used.map((category) => (
        <li key={category} className="flex items-center gap-1.5">
          <span className={`h-2.5 w-4 rounded-sm border ${SWATCHES[category]}`} aria-hidden />
          {STEP_STYLES[category]}
        </li>
      ))}
    </ul>
  );
}

/** The same picture for a page without scripts: every step in its place, and what it read or left. */
export function StillTimeline({ collision: { lanes, spanMs } }: { collision: Collision }): ReactElement {
  const place = (fromMs: number, toMs: number) => ({
    left: `${((100 * fromMs) / spanMs).toFixed(2)}%`,
    width: `${((100 * Math.max(0, toMs - fromMs)) / spanMs).toFixed(2)}%`,
  });
  return (
    <figure className="flex flex-col gap-2" aria-label="Steps on the time axis">
      {lanes.map(({ attemptId, callMs, returnMs, beats }, who) => (
        <div key={attemptId} className="grid grid-cols-[1rem_1fr] items-center gap-x-3">
          <strong className="font-semibold">{LETTERS[who]}</strong>
          <div className="relative h-14" aria-hidden>
            <span
              className="absolute inset-y-4 rounded-sm border border-line"
              style={place(callMs, returnMs)}
            />
            {beats.map(({ category, fromMs, toMs }, i) => (
              <span
                key={i}
                className={`absolute inset-y-5 min-w-1 rounded-sm border print:[print-color-adjust:exact] ${SWATCHES[category]}`}
                style={place(fromMs, toMs)}
              />
            ))}
            {beats.map((beat, i) => beat.value !== null && <Value key={i} beat={beat} spanMs={spanMs} />)}
          </div>
        </div>
      ))}
      <div className="flex justify-between pl-7 text-2xs text-ink-3">
        <span>{formatMs(0)}</span>
        <span>{formatMs(spanMs)}</span>
      </div>
      <StepKey beats={lanes.flatMap(({ beats }) => beats)} />
    </figure>
  );
}

/** What was read stands above its step, what was left below it, each towards the middle of the picture. */
function Value({ beat, spanMs }: { beat: TimelineStep; spanMs: number }): ReactElement {
  const { category, fromMs, toMs, value } = beat;
  const isLate = (fromMs + toMs) / 2 > spanMs / 2;
  const edge = isLate
    ? { right: `${100 - (100 * toMs) / spanMs}%` }
    : { left: `${(100 * fromMs) / spanMs}%` };
  return (
    <span
      className={`absolute text-2xs leading-4 font-medium whitespace-nowrap ${category === 'read' ? 'top-0' : 'bottom-0'}`}
      style={edge}
    >
      {value}
    </span>
  );
}
