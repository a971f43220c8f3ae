import { X } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { Expected } from '~/lab/strategy';
import type { AttemptDetail, StepTiming } from '~/live/attempt-detail';
import { formatCount, formatMicros } from './format';
import { LANE_LOOKS } from './lane-mark';
import { OutcomeTag } from './outcome-look';

/** What is known of the attempt a reader asked for. */
export type Inspection =
  | { state: 'loading'; label: string }
  | { state: 'missing'; label: string; message: string }
  | { state: 'loaded'; detail: AttemptDetail };

export interface AttemptStepsProps {
  inspection: Inspection;
  expected: Expected;
  onClose: () => void;
}

/** One attempt in full: what it saw, what it was told, and its steps on a time axis. */
export function AttemptSteps({ inspection, expected, onClose }: AttemptStepsProps): ReactElement {
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
    </section>
  );
}

function Detail({ detail, expected }: { detail: AttemptDetail; expected: Expected }): ReactElement {
  const facts: [string, ReactNode][] = [
    ['outcome', <OutcomeTag key="outcome" code={detail.outcome} />],
    ['saw stock', known(detail.seenStock)],
    ['saw version', known(detail.seenVersion)],
    ['told remaining', known(detail.remaining)],
    ['order', detail.orderId ?? 'none'],
    ['HTTP status', detail.status === 0 ? 'no answer' : detail.status],
    ['retries', formatCount(detail.retries)],
    ['took', formatMicros(detail.took)],
  ];
  return (
    <>
      <dl className="mt-2 grid grid-cols-2 gap-x-6 gap-y-1 text-[0.8125rem] sm:grid-cols-4">
        {facts.map(([name, value]) => (
          <div key={name} className="flex flex-col">
            <dt className="text-2xs text-ink-3">{name}</dt>
            <dd className="font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      {detail.steps.length > 0 && <StepBars steps={detail.steps} took={detail.took} expected={expected} />}
    </>
  );
}

/** The steps one below the other, each from its start to its end after sending the request. */
function StepBars({
  steps,
  took,
  expected,
}: {
  steps: StepTiming[];
  took: number;
  expected: Expected;
}): ReactElement {
  const span = Math.max(took, ...steps.map((step) => step.start + step.took), 1);
  return (
    <ol className="mt-3 flex flex-col gap-1 text-xs" aria-label="Steps">
      {steps.map((step, i) => (
        <li key={i} className="grid grid-cols-[8rem_1fr_4.5rem] items-center gap-3">
          <span className="truncate text-ink-2">{step.name}</span>
          <span className="relative h-3 overflow-hidden rounded-sm bg-hover">
            <span
              className="absolute inset-y-0 min-w-0.5 rounded-sm"
              style={{
                left: `${(100 * step.start) / span}%`,
                width: `${(100 * step.took) / span}%`,
                background: LANE_LOOKS[expected].stroke,
              }}
            />
          </span>
          <span className="text-right font-medium">{formatMicros(step.took)}</span>
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

function known(value: number | null): string {
  return value === null ? 'unknown' : formatCount(value);
}
