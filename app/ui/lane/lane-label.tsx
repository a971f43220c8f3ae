import type { ReactElement } from 'react';
import type { LaneSummary } from '@/model/race';
import { LaneMark } from './lane-mark';

/** A lane's mark and id, above anything that shows that lane. */
export function LaneLabel({ lane }: { lane: Pick<LaneSummary, 'expected' | 'strategy'> }): ReactElement {
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1.5 text-xs font-medium text-ink-2">
      <LaneMark expected={lane.expected} />
      <span className="truncate">{lane.strategy}</span>
      <span className="sr-only">({lane.expected})</span>
    </span>
  );
}
