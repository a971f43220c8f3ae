import { X } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { AttemptRecord } from '@/model/attempt-record';
import type { Expected } from '@/model/strategy';
import { formatMicros } from '~/ui/format';
import { LANE_STYLES } from '~/ui/lane/lane-mark';
import { AttemptFacts } from './attempt-facts';

/** The state of the attempt that a reader asked for. */
export type Inspection =
  | { state: 'loading'; label: string }
  | { state: 'missing'; label: string; message: string }
  | { state: 'loaded'; detail: AttemptRecord };

export interface AttemptStepsProps {
  inspection: Inspection;
  expected: Expected;
  onClose: () => void;
  /** Below the steps: further facts about the attempt. */
  children?: ReactNode;
}

/** One attempt in full: what it saw, what it was told, and its steps on a time axis. */
export function AttemptSteps({ inspection, expected, onClose, children }: AttemptStepsProps): ReactElement {
  const title = inspection.state === 'loaded' ? inspection.detail.attemptId : inspection.label;
  return (
    <section aria-label={`Attempt ${title}`} className="border-t border-line px-4 py-3">
      <header className="flex items-center justify-between gap-3">
        <h3 className="min-w-0 truncate font-mono text-xs font-semibold">{title}</h3>
        <button
          type="button"
          onClick={onClose}
          className="button button-quiet size-7 min-h-7 p-0"
          aria-label="Close the attempt"
        >
          <X className="size-3.5" aria-hidden />
        </button>
      </header>
      {inspection.state === 'loading' && <p className="min-h-40 py-2 text-ink-3">Reading its steps…</p>}
      {inspection.state === 'missing' && <p className="min-h-40 py-2 text-ink-2">{inspection.message}</p>}
      {inspection.state === 'loaded' && <Detail detail={inspection.detail} expected={expected} />}
      {children}
    </section>
  );
}

function Detail({ detail, expected }: { detail: AttemptRecord; expected: Expected }): ReactElement {
  return (
    <div className="mt-2">
      <AttemptFacts attempt={detail} />
      {detail.steps.length > 0 && <StepBars attempt={detail} expected={expected} />}
    </div>
  );
}

/** The steps one below the other, each from its start to its end, relative to sending the request. */
function StepBars({ attempt, expected }: { attempt: AttemptRecord; expected: Expected }): ReactElement {
  const { steps, callUs, returnUs } = attempt;
  const span = Math.max(1, returnUs - callUs, ...steps.map(({ toUs }) => toUs - callUs));
  return (
    <ol className="mt-3 flex flex-col gap-1 text-xs" aria-label="Steps">
      {steps.map((step, i) => (
        <li key={i} className="grid grid-cols-[8rem_1fr_4.5rem] items-center gap-3">
          <span className="truncate text-ink-2">{step.name}</span>
          <span className="relative h-3 overflow-hidden rounded-sm bg-hover">
            <span
              className="absolute inset-y-0 min-w-0.5 rounded-sm"
              style={{
                left: `${(100 * (step.fromUs - callUs)) / span}%`,
                width: `${(100 * (step.toUs - step.fromUs)) / span}%`,
                background: LANE_STYLES[expected].stroke,
              }}
            />
          </span>
          <span className="text-right font-medium">{formatMicros(step.toUs - step.fromUs)}</span>
        </li>
      ))}
      <li className="grid grid-cols-[8rem_1fr_4.5rem] gap-3 text-2xs text-ink-3">
        <span />
        <span className="flex justify-between">
          <span>sent</span>
          <span>{formatMicros(span)}</span>
        </span>
      </li>
    </ol>
  );
}
