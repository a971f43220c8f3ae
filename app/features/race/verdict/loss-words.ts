import { unitsLost, type LaneView } from '@/model/race';
import type { LossLedger } from '@/model/verdict';
import { formatCount, plural } from '~/ui/format';

/** The units by which orders and stock differ, by cause: `5 units lost, 3 units left without an order`. Empty: none. */
export function summariseLosses({ attributed, unattributed, created, leaked }: LossLedger): string {
  const lost = attributed + unattributed;
  return [
    lost > 0 && `${plural(lost, 'unit')} lost`,
    created > 0 && `${plural(created, 'unit')} came from elsewhere`,
    leaked < 0 && `${plural(-leaked, 'unit')} left without an order`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}

/** Units of updates that were lost, or their possible range while purchases still run. */
export function writeLost(lane: Pick<LaneView, 'lostUpdates' | 'lostUpdatesRange'>): string {
  const { low, high } = lane.lostUpdatesRange ?? { low: lane.lostUpdates, high: lane.lostUpdates };
  return writeRange(unitsLost({ lostUpdates: low }), unitsLost({ lostUpdates: high }));
}

/** Units sold beyond the stock; likewise. */
export function writeOversold(lane: Pick<LaneView, 'oversold' | 'oversoldRange'>): string {
  const { low, high } = lane.oversoldRange ?? { low: lane.oversold, high: lane.oversold };
  return writeRange(low, high);
}

function writeRange(low: number, high: number): string {
  return low === high ? formatCount(low) : `${formatCount(low)} to ${formatCount(high)}`;
}
