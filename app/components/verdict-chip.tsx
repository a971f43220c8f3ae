import { CircleCheckBig, CircleHelp, Hourglass, OctagonX } from 'lucide-react';
import type { ReactElement } from 'react';
import type { LaneSummary } from '~/lab/race';
import { LaneMark } from './lane-mark';
import { describeVerdict, type VerdictTone } from './verdict-headline';

const LOOKS: Record<VerdictTone, { Icon: typeof Hourglass; className: string }> = {
  violated: { Icon: OctagonX, className: 'border-unsafe-line bg-unsafe-wash text-unsafe-ink' },
  ok: { Icon: CircleCheckBig, className: 'border-safe-line bg-safe-wash text-safe-ink' },
  inconclusive: { Icon: CircleHelp, className: 'border-warning-line bg-warning-wash text-warning-ink' },
  waiting: { Icon: Hourglass, className: '' },
};

/** A lane in one line: strategy and verdict. */
export function VerdictChip({ lane }: { lane: LaneSummary }): ReactElement {
  const { tone, word, figure, provisional } = describeVerdict(lane);
  const { Icon, className } = LOOKS[tone];
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <span className="inline-flex min-w-0 items-center gap-1.5 text-ink-2">
        <LaneMark expected={lane.expected} className="size-2" />
        <span className="truncate">{lane.strategy}</span>
      </span>
      <span className={`chip ${className}`}>
        <Icon className="size-3.5" aria-hidden />
        {word}
        {figure && ` ${figure}`}
        {provisional && ' so far'}
      </span>
    </span>
  );
}
