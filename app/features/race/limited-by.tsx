import type { ReactElement } from 'react';
import type { LaneView } from '@/model/race';

/** What limited the lane's pace. A lane with a saturated generator says nothing about a strategy's throughput. */
export function LimitedBy({ bottleneck }: Pick<LaneView, 'bottleneck'>): ReactElement {
  if (!bottleneck) return <>–</>;
  const { limitedBy, reason } = bottleneck;
  if (limitedBy === null) return <>neither generator nor server</>;
  if (limitedBy === 'server') return <span title={reason ?? ''}>server process</span>;
  return (
    <span className="text-warning-ink" title={reason ?? ''}>
      Too slow to compare: the load generator was the bottleneck.
    </span>
  );
}
