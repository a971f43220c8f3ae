import type { ReactElement } from 'react';
import type { AttemptRecord } from '@/model/attempt-record';
import { formatMs } from '@/model/wording';
import type { TimelineStep } from './collision-model';
import { LETTERS } from './letters';
import { STEP_STYLES } from './step-styles';

export interface StepCardProps {
  beat: TimelineStep;
  attempts: readonly AttemptRecord[];
}

/**
 * The selected step: its duration, what it saw or left, and its code. It has room for the longest statement of all
 * steps, so that selecting another step moves nothing below it.
 */
export function StepCard({ beat, attempts }: StepCardProps): ReactElement {
  const { who, name, fromMs, toMs, value, category } = beat;
  const code = attempts[who]?.code[name] ?? [];
  const longest = longestOf(attempts.flatMap((attempt) => Object.values(attempt.code)));
  return (
    <div className="min-h-28 rounded-lg border border-line bg-sunken px-3 py-2" data-step={name}>
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 text-[0.8125rem]">
        <strong className="font-semibold">
          {LETTERS[who]} {name}
        </strong>
        <span>{formatMs(toMs - fromMs)}</span>
        <span className="text-ink-3">
          from {formatMs(fromMs)} to {formatMs(toMs)}
        </span>
        {value !== null && <span className="font-medium">{value}</span>}
        <span className="text-2xs text-ink-3">{STEP_STYLES[category]}</span>
      </p>
      <div className="grid *:[grid-area:1/1]">
        <div className="invisible" aria-hidden>
          <Statements texts={longest} />
        </div>
        <div>
          {code.length === 0 && (
            <p className="mt-1 text-xs text-ink-3">
              {attempts[who]?.code[name]
                ? 'Not a statement of the strategy’s file.'
                : 'Its code is not at hand.'}
            </p>
          )}
          <Statements texts={code} label={`What ${name} runs`} />
        </div>
      </div>
    </div>
  );
}

/** Without a label the statements are invisible and only reserve their room. */
function Statements({ texts, label }: { texts: readonly string[]; label?: string }): ReactElement {
  return (
    <>
      {texts.map((text, i) => (
        <pre
          key={i}
          className="mt-1.5 max-h-40 overflow-auto font-mono text-xs break-words whitespace-pre-wrap text-ink-2"
          {...(label !== undefined && { tabIndex: 0, 'aria-label': label })}
        >
          {text}
        </pre>
      ))}
    </>
  );
}

/** The statements of the step that needs the most room: by number of lines, then by length. */
function longestOf(codes: readonly (readonly string[])[]): readonly string[] {
  const size = (texts: readonly string[]) => {
    const all = texts.join('\n');
    return all.split('\n').length * 1_000 + all.length;
  };
  return codes.reduce<readonly string[]>((most, texts) => (size(texts) > size(most) ? texts : most), []);
}
