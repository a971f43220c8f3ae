import { unitsLost, type LaneView } from '@/model/race';
import type { LossLedger, Verdict } from '@/model/verdict';
import { countFound } from '@/model/wording';
import { formatCount, plural } from '~/ui/format';

/** The units by which orders and stock differ, by cause: `5 units lost, 3 units left without an order`. Empty: none. */
export function summariseLosses({ attributed, unattributed, created, leaked }: LossLedger): string {
  const lost = attributed + unattributed;
  return [
    lost > 0 && `${plural(lost, 'unit')} lost`,
    created > 0 && `${plural(created, 'unit')} too many from no attempt`,
    leaked < 0 && `${plural(-leaked, 'unit')} left without an order`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}

/** Units of updates that were lost, the least where a leak hides more, or their range while purchases still run. */
export function writeLost({
  lostUpdates,
  lostUpdatesRange,
  verdict,
}: Pick<LaneView, 'lostUpdates' | 'lostUpdatesRange'> & { verdict: Pick<Verdict, 'findings'> }): string {
  const found = verdict.findings.find(({ kind }) => kind === 'lost-update');
  if (lostUpdatesRange === null && found?.isAtLeast) return countFound(found);
  const { low, high } = lostUpdatesRange ?? { low: lostUpdates, high: lostUpdates };
  return writeRange(unitsLost({ lostUpdates: low }), unitsLost({ lostUpdates: high }));
}

/** Units that left the stock without an order; likewise. */
export function writeLeaked({
  ledger,
  verdict,
}: Pick<LaneView, 'ledger'> & { verdict: Pick<Verdict, 'findings'> }): string {
  const found = verdict.findings.find(({ kind }) => kind === 'stock-leak');
  return found?.isAtLeast ? countFound(found) : formatCount(Math.max(0, -(ledger?.leaked ?? 0)));
}

/** Units sold beyond the stock; likewise. */
export function writeOversold(lane: Pick<LaneView, 'oversold' | 'oversoldRange'>): string {
  const { low, high } = lane.oversoldRange ?? { low: lane.oversold, high: lane.oversold };
  return writeRange(low, high);
}

function writeRange(low: number, high: number): string {
  return low === high ? formatCount(low) : `${formatCount(low)} to ${formatCount(high)}`;
}
