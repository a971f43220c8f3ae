import type { ReactElement } from 'react';
import { TIME_PARTS } from '@/model/race';
import type { LaneView, TimePart, LatencyBreakdown as Spent } from '@/model/race';
import { formatMs } from '@/model/wording';
import { formatCount } from '~/ui/format';
import { LaneLabel } from '~/ui/lane/lane-label';
import { Panel } from '~/ui/panel';

const striped = (color: string) =>
  `repeating-linear-gradient(135deg, ${color} 0 3px, color-mix(in srgb, ${color} 25%, transparent) 3px 6px)`;

/** Work is solid and waiting is striped, so that they differ without colour. */
const PART_LOOKS: Record<TimePart, { label: string; background: string; meaning: string }> = {
  request: { label: 'HTTP', background: 'var(--color-time-outside)', meaning: 'and queueing for the server' },
  connection: {
    label: 'pool wait',
    background: striped('var(--color-time-pool)'),
    meaning: 'for a connection',
  },
  lock: { label: 'lock wait', background: striped('var(--color-time-lock)'), meaning: 'in steps that lock' },
  statements: {
    label: 'statements',
    background: 'var(--color-time-statements)',
    meaning: 'in PostgreSQL, with the row locks they wait for',
  },
  commit: { label: 'commit', background: 'var(--color-time-commit)', meaning: 'until it is durable' },
  redis: { label: 'Redis', background: 'var(--color-time-redis)', meaning: 'commands' },
  think: { label: 'think', background: 'var(--color-time-think)', meaning: 'the application’s own work' },
  failedTries: {
    label: 'failed tries',
    background: 'var(--color-time-failed)',
    meaning: 'thrown away and done again',
  },
  backOff: {
    label: 'back-off',
    background: striped('var(--color-time-failed)'),
    meaning: 'before the next try',
  },
  application: {
    label: 'between steps',
    background: 'var(--color-time-think)',
    meaning: 'in the server process',
  },
  untraced: {
    label: 'no answer',
    background: striped('var(--color-time-outside)'),
    meaning: 'attempts whose answer never came',
  },
};

/** Parts below this share of an attempt are not labelled. */
const LEAST_SHARE = 0.005;

/** How the attempts of each lane spent their time, all on one scale. */
export function LatencyBreakdownChart({ lanes }: { lanes: readonly LaneView[] }): ReactElement | null {
  const spent = lanes.flatMap((lane) =>
    lane.time ? [{ lane, time: lane.time, total: totalMs(lane.time) }] : [],
  );
  if (spent.length === 0) return null;
  const longest = Math.max(...spent.map(({ total }) => total));
  return (
    <Panel
      id="time"
      title="Where the time went"
      help="Mean time of an attempt, all lanes on one scale. Striped parts are waiting."
    >
      <ul className="card divide-y divide-line">
        {spent.map(({ lane, time, total }) => (
          <li key={lane.index} className="grid gap-x-6 gap-y-2 px-4 py-3 md:grid-cols-[14rem_minmax(0,1fr)]">
            <div className="flex items-baseline justify-between gap-3 md:flex-col md:justify-start md:gap-0.5">
              <LaneLabel lane={lane} />
              <span className="shrink-0 text-lg leading-6 font-semibold">{formatMs(total)}</span>
            </div>
            <LaneTime time={time} total={total} scale={longest === 0 ? 0 : total / longest} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function LaneTime({ time, total, scale }: { time: Spent; total: number; scale: number }): ReactElement {
  const parts = TIME_PARTS.filter((part) => time.meanMs[part] > total * LEAST_SHARE);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="h-4" aria-hidden>
        <div className="flex h-full gap-px overflow-hidden rounded-sm" style={{ width: `${100 * scale}%` }}>
          {parts.map((part) => (
            <span
              key={part}
              className="h-full min-w-px"
              style={{ flexGrow: time.meanMs[part], background: PART_LOOKS[part].background }}
            />
          ))}
        </div>
      </div>
      <dl className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {parts.map((part) => (
          <div key={part} className="flex items-center gap-1.5" title={PART_LOOKS[part].meaning}>
            <span
              className="size-2.5 shrink-0 rounded-xs"
              style={{ background: PART_LOOKS[part].background }}
              aria-hidden
            />
            <dt className="text-ink-2">{PART_LOOKS[part].label}</dt>
            <dd className="font-medium">
              {formatMs(time.meanMs[part])}{' '}
              <span className="font-normal text-ink-3">{percent(time.meanMs[part] / total)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <Sampled sampled={time.sampled} />
    </div>
  );
}

/** Fewer sampled statements than this say nothing about the rest. */
const LEAST_SAMPLED = 20;

/** The share of the sampled statements that were waiting for a lock. */
function Sampled({ sampled }: { sampled: Spent['sampled'] }): ReactElement | null {
  if (!sampled || sampled.active < LEAST_SAMPLED) return null;
  return (
    <p className="text-xs text-ink-3">
      PostgreSQL, asked every 100 ms: {formatCount(sampled.waitingForLock)} of {formatCount(sampled.active)}{' '}
      statements at work waited for a lock.
    </p>
  );
}

function totalMs(time: Spent): number {
  return TIME_PARTS.reduce((sum, part) => sum + time.meanMs[part], 0);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
