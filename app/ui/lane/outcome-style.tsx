import { Ban, Check, CircleHelp, PackageX, Shuffle } from 'lucide-react';
import type { ReactElement } from 'react';
import { OUTCOMES, type Outcome } from '@/model/outcome';

interface OutcomeStyle {
  label: string;
  color: string;
  Icon: typeof Check;
  meaning: string;
}

/** Word, colour and icon of each outcome. */
export const OUTCOME_STYLES: Record<Outcome, OutcomeStyle> = {
  accepted: {
    label: 'accepted',
    color: 'var(--color-accepted)',
    Icon: Check,
    meaning: 'the buyer got a yes',
  },
  'sold-out': {
    label: 'sold out',
    color: 'var(--color-sold-out)',
    Icon: PackageX,
    meaning: 'not enough stock',
  },
  conflict: {
    label: 'conflict',
    color: 'var(--color-conflict)',
    Icon: Shuffle,
    meaning: 'gave up, sold nothing',
  },
  error: { label: 'error', color: 'var(--color-error)', Icon: Ban, meaning: 'failed, sold nothing' },
  indeterminate: {
    label: 'indeterminate',
    color: 'var(--color-indeterminate)',
    Icon: CircleHelp,
    meaning: 'no answer came: the buyer cannot know',
  },
};

/** The style of an outcome code. */
export function styleOfCode(code: number): OutcomeStyle {
  return OUTCOME_STYLES[OUTCOMES[code] ?? 'error'];
}

/** Icon and word of an outcome. */
export function OutcomeTag({ code }: { code: number }): ReactElement {
  const { Icon, color, label } = styleOfCode(code);
  return (
    <span className="inline-flex items-center gap-1.5">
      <Icon className="size-3.5 shrink-0" style={{ color }} strokeWidth={2.25} aria-hidden />
      {label}
    </span>
  );
}
