import { CircleDashed, CircleEqual, EqualNot } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { LaneView } from '@/model/race';
import { formatCount } from '~/ui/format';
import { LaneLabel } from '~/ui/lane/lane-label';
import { countPlaces, PLACES, type Place, type PlaceCounts, type Received } from './delivery-counts';

/** Attempts that arrive between two renders. */
export interface Counting {
  /** Calls back when more have arrived. */
  subscribe: (listener: () => void) => () => void;
  counts: (lane: number) => Partial<PlaceCounts>;
}

export interface DeliveryLineProps {
  lanes: readonly LaneView[];
  /** By lane; null without scripts. */
  received: readonly Received[] | null;
  counting: Counting;
  /** Whether all numbers are final, so that a difference is a fault and not a delay. */
  isComplete: boolean;
}

/** Counts every attempt at each stage; a difference would be a fault of the lab. */
export function DeliveryLine({ lanes, received, counting, isComplete }: DeliveryLineProps): ReactElement {
  return (
    <section
      aria-label="Honesty"
      className="flex flex-col gap-1.5 border-t border-line pt-4 text-xs text-ink-3"
    >
      {lanes.map((lane) => (
        <LaneDelivery
          key={lane.index}
          lane={lane}
          received={received?.[lane.index] ?? null}
          counting={counting}
          isComplete={isComplete}
        />
      ))}
      <p>
        Every attempt is counted where it is sent, recorded, stored, streamed and shown. All must be equal.
      </p>
    </section>
  );
}

interface LaneDeliveryProps {
  lane: LaneView;
  received: Received | null;
  counting: Counting;
  isComplete: boolean;
}

function LaneDelivery({ lane, received, counting, isComplete }: LaneDeliveryProps): ReactElement {
  const counts = countPlaces(lane.honesty, received, isComplete);
  const places = PLACES.flatMap((place): [Place, number][] => {
    const count = counts[place];
    return count === undefined ? [] : [[place, count]];
  });
  // the list of requests is bounded: rows that dropped out of it were shown before, or would have been on a page opened
  // earlier
  const isLatest = (place: Place): boolean =>
    (place === 'shown' && received !== null && received.shown === received.room) ||
    (place === 'streamed' && (received?.from ?? 0) > 0);
  const isEqual = ([place, count]: [Place, number]) =>
    count === counts.generated ||
    (place === 'streamed' ? count + (received?.from ?? 0) === counts.generated : isLatest(place));
  const equal = places.every(isEqual);
  const Icon = !isComplete ? CircleDashed : equal ? CircleEqual : EqualNot;
  const odd = isComplete && !equal;
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5" data-honest={equal} data-lane={lane.index}>
      <LaneLabel lane={lane} />
      <Icon className={`size-3.5 ${odd ? 'text-warning-ink' : 'text-ink-3'}`} aria-hidden />
      {places.map(([place, count], i) => (
        <span key={place} className="whitespace-nowrap">
          {i > 0 && <span className="mr-2">{!isComplete ? '·' : isEqual([place, count]) ? '=' : '≠'}</span>}
          {place}{' '}
          <span className="font-semibold text-ink-2">
            {isLatest(place) && 'the latest '}
            {isComplete || received === null ? (
              formatCount(count)
            ) : (
              <LiveCount
                count={count}
                read={() => counting.counts(lane.index)[place] ?? count}
                subscribe={counting.subscribe}
              />
            )}
          </span>
        </span>
      ))}
      {odd && <span className="text-warning-ink">not all equal: attempts are missing somewhere</span>}
    </p>
  );
}

interface LiveCountProps {
  /** As of this render. */
  count: number;
  read: () => number;
  subscribe: Counting['subscribe'];
}

/**
 * A count that continues between renders: it is written into the DOM directly, since rendering all of it would cost
 * frames. All counts of the line are written at once, and a slow render must not write older ones over them.
 */
function LiveCount({ count, read, subscribe }: LiveCountProps): ReactElement {
  const text = useRef<HTMLSpanElement>(null);
  const latest = useRef(read);
  const [first] = useState(() => formatCount(count));
  useEffect(() => {
    latest.current = read;
    if (text.current) text.current.textContent = formatCount(read());
  });
  useEffect(
    () =>
      subscribe(() => {
        if (text.current) text.current.textContent = formatCount(latest.current());
      }),
    [subscribe],
  );
  return <span ref={text}>{first}</span>;
}
