import { LoaderCircle } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { TrialLane } from '@/model/experiment';
import type { LaneWords } from '@/model/verdict';
import { raceUrl } from '@/report/addresses';
import { VERDICT_TONES } from '~/features/race/verdict/verdict-tones';
import { formatCount } from '~/ui/format';

/** Wraps the link to a race; the caller knows how pages are linked. */
export type RenderLink = (
  to: string,
  props: { className: string; label: string; title?: string },
  children: ReactNode,
) => ReactNode;

export interface TrialMarksProps {
  trials: readonly TrialLane[];
  /** How many trials there will be; null if not known yet. */
  planned: number | null;
  label: string;
  renderLink: RenderLink;
}

/**
 * A mark for each trial, which links to its race, and a dot for each that is still to come. A mark has the sign and
 * colour of the verdict on the race's page, and its label has the same word and sentence.
 */
export function TrialMarks({ trials, planned, label, renderLink }: TrialMarksProps): ReactElement {
  const toCome = Math.max((planned ?? 0) - trials.length, 0);
  return (
    <ol className="flex flex-wrap gap-1" aria-label={label}>
      {trials.map((trial) => (
        <li key={trial.raceId} data-mark={trial.words.tone}>
          <TrialMark trial={trial} renderLink={renderLink} />
        </li>
      ))}
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

function TrialMark({ trial, renderLink }: { trial: TrialLane; renderLink: RenderLink }): ReactNode {
  const { tone, reason } = trial.words;
  const { surface, text } = VERDICT_TONES[tone];
  const isOver = trial.verdict !== null;
  const Icon = isOver ? VERDICT_TONES[tone].Icon : LoaderCircle;
  const named = `Trial ${trial.trial}: ${sayBriefly(trial.words)}`;
  return renderLink(
    raceUrl(trial.raceId),
    {
      className: `grid size-6 place-items-center rounded-md border hover:brightness-95 ${surface || 'border-edge'} ${text}`,
      label: named,
      title: reason === '' ? named : `${named}. ${reason}`,
    },
    <Icon className={`size-3.5 ${isOver ? '' : 'pulse'}`} strokeWidth={2.5} aria-hidden />,
  );
}

function sayBriefly({ word, figure, provisional }: LaneWords): string {
  return [word, figure, provisional && 'so far'].filter(Boolean).join(' ');
}
