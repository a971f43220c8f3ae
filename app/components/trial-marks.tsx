import { Check, CircleHelp, LoaderCircle, X } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { TrialLane } from '~/lab/experiment/experiment';
import { formatCount, plural } from './format';

/** Wraps the way into a race; the caller knows how pages are linked. */
export type RenderLink = (
  to: string,
  props: { className: string; label: string },
  children: ReactNode,
) => ReactNode;

type Mark = 'violated' | 'ok' | 'inconclusive' | 'running';

/** Never by colour alone: each verdict has its own sign, and its word in the label. */
const LOOKS: Record<Mark, { Icon: typeof X; word: string; className: string }> = {
  violated: { Icon: X, word: 'violated', className: 'border-unsafe-line bg-unsafe-wash text-unsafe-ink' },
  ok: { Icon: Check, word: 'ok', className: 'border-safe-line bg-safe-wash text-safe-ink' },
  inconclusive: {
    Icon: CircleHelp,
    word: 'inconclusive',
    className: 'border-dashed border-warning-line bg-warning-wash text-warning-ink',
  },
  running: { Icon: LoaderCircle, word: 'not over yet', className: 'border-ink text-ink-2' },
};

const markOf = ({ verdict }: TrialLane): Mark => verdict ?? 'running';

export interface TrialMarksProps {
  trials: readonly TrialLane[];
  /** How many there are to be; null where nobody knows. */
  planned: number | null;
  label: string;
  renderLink: RenderLink;
}

/** A mark for each trial, which leads to its race, and a dot for each that is still to come. */
export function TrialMarks({ trials, planned, label, renderLink }: TrialMarksProps): ReactElement {
  const toCome = Math.max((planned ?? 0) - trials.length, 0);
  return (
    <ol className="flex flex-wrap gap-1" aria-label={label}>
      {trials.map((trial) => {
        const { Icon, word, className } = LOOKS[markOf(trial)];
        return (
          <li key={trial.raceId} data-mark={markOf(trial)}>
            {renderLink(
              trial.url,
              {
                className: `grid size-6 place-items-center rounded-md border hover:brightness-95 ${className}`,
                label: `Trial ${trial.trial}: ${word}${damageOf(trial)}`,
              },
              <Icon
                className={`size-3.5 ${trial.verdict === null ? 'pulse' : ''}`}
                strokeWidth={2.75}
                aria-hidden
              />,
            )}
          </li>
        );
      })}
      {toCome > 0 && (
        <li className="flex flex-wrap gap-1">
          <span className="sr-only">{formatCount(toCome)} to come</span>
          {Array.from({ length: toCome }, (_, i) => (
            <span key={i} className="grid size-6 place-items-center text-edge" aria-hidden>
              ·
            </span>
          ))}
        </li>
      )}
    </ol>
  );
}

function damageOf({ verdict, oversold, lostUpdates }: TrialLane): string {
  if (verdict !== 'violated') return '';
  if (oversold > 0) return `, ${plural(oversold, 'unit')} oversold`;
  return lostUpdates > 0 ? `, ${plural(lostUpdates, 'lost update')}` : '';
}

/** What the marks mean. */
export function MarkLegend(): ReactElement {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-3">
      {(['violated', 'ok', 'inconclusive'] as const).map((mark) => {
        const { Icon, word, className } = LOOKS[mark];
        return (
          <li key={mark} className="flex items-center gap-1.5">
            <span className={`grid size-4 place-items-center rounded border ${className}`}>
              <Icon className="size-2.5" strokeWidth={3} aria-hidden />
            </span>
            {word}
          </li>
        );
      })}
      <li className="flex items-center gap-1.5">
        <span className="text-edge" aria-hidden>
          ·
        </span>
        to come
      </li>
    </ul>
  );
}
