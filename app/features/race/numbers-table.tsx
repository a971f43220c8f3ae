import type { ReactElement, ReactNode } from 'react';
import { COUNT_KEYS, OUTCOMES } from '@/model/outcome';
import type { Drops, LaneView } from '@/model/race';
import { formatMs } from '@/model/wording';
import { formatCount, formatRate, formatSpan } from '~/ui/format';
import { LaneLabel } from '~/ui/lane/lane-label';
import { OUTCOME_STYLES } from '~/ui/lane/outcome-style';
import { Panel } from '~/ui/panel';
import { LimitedBy } from './limited-by';
import { writeLeaked, writeLost, writeOversold } from './verdict/loss-words';

interface NumberRow {
  name: string;
  value: (lane: LaneView) => ReactNode;
  /** Shows the row only when a lane has a value for it. */
  when?: (lane: LaneView) => boolean;
}

interface NumberGroup {
  title: string;
  rows: NumberRow[];
}

const GROUPS: NumberGroup[] = [
  {
    title: 'Final rows',
    rows: [
      { name: 'stock at the start', value: (lane) => formatCount(lane.stock.initial - addedTo(lane)) },
      {
        name: 'units added while it ran',
        value: (lane) => formatCount(addedTo(lane)),
        when: (lane) => addedTo(lane) > 0,
      },
      { name: 'orders in the table', value: (lane) => ifDecided(lane, formatCount(lane.orders.count)) },
      {
        name: 'units in those orders',
        value: (lane) => ifDecided(lane, formatCount(lane.orders.quantity)),
        when: (lane) => lane.orders.quantity !== lane.orders.count,
      },
      {
        name: 'stock in the table',
        value: (lane) => (lane.stock.final === null ? '–' : formatCount(lane.stock.final)),
      },
      { name: 'oversold', value: (lane) => ifDecided(lane, <Bad units={writeOversold(lane)} />) },
      { name: 'lost updates', value: (lane) => ifDecided(lane, <Bad units={writeLost(lane)} />) },
      {
        name: 'left without an order',
        value: (lane) => ifDecided(lane, <Bad units={writeLeaked(lane)} />),
        when: (lane) => leakedFrom(lane) > 0,
      },
    ],
  },
  {
    title: 'Attempts',
    rows: [
      { name: 'attempts', value: (lane) => formatCount(lane.counts.attempts) },
      ...COUNT_KEYS.map((key, code): NumberRow => ({
        name: OUTCOME_STYLES[OUTCOMES[code] ?? 'error'].label,
        value: (lane) => formatCount(lane.counts[key]),
        when: (lane) => code < 2 || lane.counts[key] > 0,
      })),
      { name: 'retries', value: (lane) => formatCount(lane.retries), when: (lane) => lane.retries > 0 },
    ],
  },
  {
    title: 'Proof of overlap',
    rows: [
      measuredRow('peak in flight', (lane) => formatCount(lane.overlap.peakInFlight)),
      {
        name: 'overlapping read-to-write windows',
        value: (lane) => ifDecided(lane, formatCount(lane.overlap.overlappingWindows)),
      },
      {
        name: 'released within',
        value: (lane) => (lane.arrivalSpreadMs === null ? '–' : formatMs(lane.arrivalSpreadMs)),
        when: (lane) => lane.arrivalSpreadMs !== null,
      },
    ],
  },
  {
    title: 'Price',
    rows: [
      measuredRow('attempts per second', (lane) => formatRate(lane.throughput.attemptsPerS)),
      measuredRow('accepted per second', (lane) => formatRate(lane.throughput.acceptedPerS)),
      measuredRow('latency p50', (lane) => formatMs(lane.latencyMs.p50)),
      measuredRow('latency p95', (lane) => formatMs(lane.latencyMs.p95)),
      measuredRow('latency p99', (lane) => formatMs(lane.latencyMs.p99)),
      measuredRow('latency p99.99', (lane) => formatMs(lane.latencyMs.p9999)),
      measuredRow('latency max', (lane) => formatMs(lane.latencyMs.max)),
      measuredRow('duration', (lane) => formatSpan(lane.durationMs)),
      {
        name: 'limited by',
        value: ({ bottleneck }) => <LimitedBy bottleneck={bottleneck} />,
        when: ({ bottleneck }) => bottleneck !== null,
      },
    ],
  },
  {
    title: 'Schedule',
    rows: [
      scheduleRow('late sends', ({ sends }) => formatCount(sends?.late ?? 0)),
      scheduleRow('dropped sends', ({ sends }) => formatCount(sends?.dropped ?? 0)),
      dropRow('dropped, too many waiting', 'crowded'),
      dropRow('dropped, time was up', 'ended'),
      dropRow('dropped, race was stopped', 'stopped'),
      scheduleRow('send lag p99', ({ sends }) => formatMs(sends?.lagMs.p99 ?? 0)),
      scheduleRow('latency p50, from when due', ({ correctedMs }) => formatMs(correctedMs?.p50 ?? 0)),
      scheduleRow('latency p99, from when due', ({ correctedMs }) => formatMs(correctedMs?.p99 ?? 0)),
      scheduleRow('latency max, from when due', ({ correctedMs }) => formatMs(correctedMs?.max ?? 0)),
    ],
  },
];

/** A number measured over attempts: without attempts it is a dash, as zero would be a measurement. */
function measuredRow(name: string, value: NumberRow['value']): NumberRow {
  return { name, value: (lane) => (lane.counts.attempts === 0 ? '–' : value(lane)) };
}

/** A number that only the open model has. */
function scheduleRow(name: string, value: NumberRow['value']): NumberRow {
  return {
    name,
    value: (lane) => (lane.sends === null || lane.counts.attempts === 0 ? '–' : value(lane)),
    when: (lane) => lane.sends !== null,
  };
}

/** Part of the dropped sends, if a lane has any. */
function dropRow(name: string, why: keyof Drops): NumberRow {
  return {
    name,
    value: ({ sends }) => (sends?.drops ? formatCount(sends.drops[why]) : '–'),
    when: ({ sends }) => (sends?.drops?.[why] ?? 0) > 0,
  };
}

/** More lanes than this need the whole width for one table. */
const LANES_IN_HALF = 3;

/** The numbers of every lane side by side, grouped by topic. */
export function NumbersTable({ lanes }: { lanes: readonly LaneView[] }): ReactElement {
  return (
    <Panel
      id="numbers"
      title="Numbers"
      help="The final rows, the proof that requests overlapped, and the price."
    >
      <div className={lanes.length <= LANES_IN_HALF ? 'gap-4 lg:columns-2' : ''}>
        {GROUPS.map((group) => (
          <GroupTable key={group.title} group={group} lanes={lanes} />
        ))}
      </div>
    </Panel>
  );
}

function GroupTable({ group, lanes }: { group: NumberGroup; lanes: readonly LaneView[] }): ReactElement {
  const rows = group.rows.filter(({ when }) => !when || lanes.some(when));
  if (rows.length === 0) return <></>;
  return (
    <div
      className="card relative mb-4 break-inside-avoid overflow-x-auto py-2 last:mb-0"
      tabIndex={0}
      role="region"
      aria-label={group.title}
    >
      <table className="w-full text-[0.8125rem]">
        <thead>
          <tr>
            <th scope="col" className="w-[36%] px-4 py-1.5 text-left font-semibold">
              {group.title}
            </th>
            {lanes.map((lane) => (
              <th key={lane.index} scope="col" className="max-w-0 min-w-28 px-4 py-1.5 text-right">
                <LaneLabel lane={lane} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} className="border-t border-line *:px-4 *:py-1 *:text-right hover:bg-hover">
              <th scope="row" className="text-left! font-normal text-ink-2">
                {row.name}
              </th>
              {lanes.map((lane) => (
                <td key={lane.index} className="font-medium">
                  {row.value(lane)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Before the audit the final rows have not been read: a dash, never a zero. */
function ifDecided(lane: LaneView, value: ReactNode): ReactNode {
  return lane.status === 'finished' ? value : '–';
}

function Bad({ units }: { units: string }): ReactElement {
  // a range that begins at 0 is undecided
  if (/^0\b/.test(units)) return <>{units}</>;
  return <strong className="font-bold text-unsafe-ink">{units}</strong>;
}

/** Units that left the stock without an order. */
/** Units that a lane of a history file says were added to its stock. */
function addedTo({ finalRows }: LaneView): number {
  return finalRows?.restocked ?? 0;
}

function leakedFrom({ ledger }: LaneView): number {
  return Math.max(0, -(ledger?.leaked ?? 0));
}
