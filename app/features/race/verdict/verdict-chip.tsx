import type { ReactElement } from 'react';
import type { LaneSummary } from '@/model/race';
import { describeLane } from '@/report/verdict-words';
import { formatCount } from '~/ui/format';
import { LaneMark } from '~/ui/lane/lane-mark';
import { groupVerdicts, type NamedWords } from './verdict-groups';
import { VERDICT_TONES } from './verdict-tones';

/** A lane in one line: strategy and verdict. */
export function VerdictChip({ lane }: { lane: LaneSummary }): ReactElement {
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      <span className="inline-flex min-w-0 items-center gap-1.5 text-ink-2">
        <LaneMark expected={lane.expected} className="size-2" />
        <span className="truncate">{lane.strategy}</span>
      </span>
      <VerdictWord lane={lane} />
    </span>
  );
}

/** The verdict alone, where the strategy is already named. */
export function VerdictWord({ lane }: { lane: LaneSummary }): ReactElement {
  const { tone, word, figure, provisional } = describeLane(lane);
  const { Icon, surface, text } = VERDICT_TONES[tone];
  return (
    <span className={`chip ${surface} ${text}`}>
      <Icon className="size-3.5" aria-hidden />
      {word}
      {figure && ` ${figure}`}
      {provisional && ' so far'}
    </span>
  );
}

/** The results of many lanes by verdict: `10 OVERSOLD`, `20 EXACT`. The title lists the lanes. */
export function VerdictSummary({ lanes }: { lanes: readonly NamedWords[] }): ReactElement {
  return (
    <>
      {groupVerdicts(lanes).map(({ word, tone, lanes: names }) => {
        const { Icon, surface, text } = VERDICT_TONES[tone];
        return (
          <span key={word} className={`chip ${surface} ${text}`} title={names.join(', ')}>
            <Icon className="size-3.5" aria-hidden />
            {formatCount(names.length)} {word}
          </span>
        );
      })}
    </>
  );
}
