import { startTransition, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { isOver } from '@/model/job';
import { isLaneOver } from '@/model/lane-status';
import type { DeliveryCheck, RaceStatus, RaceView } from '@/model/race';
import { logCapacity, logStart, type AttemptLog } from './attempt-log';
import { nameConnection, type ConnectionState } from './connection';
import { mergeRace } from './merge-race';
import { RaceLink } from './race-link';

/** One lane's live side. */
export interface LiveLane {
  log: AttemptLog;
  /** End of the log as shown: rows from this sequence number on wait until the view is unfrozen. */
  logEnd: number;
  /** Null before the first snapshot. */
  inFlight: number | null;
  /** The delivery counts of the last snapshot, also between two renders; null before the first. */
  heard: () => DeliveryCheck | null;
}

/** A race as the page shows it at one moment. */
export interface LiveRace {
  race: RaceView;
  lanes: LiveLane[];
  connection: ConnectionState;
  /** Time since the server was last heard, ms. */
  ageMs: number;
  /** The browser's clock while the race runs; null on the server and in the first render. */
  now: number | null;
  frozen: boolean;
  /** How long the view has been frozen, ms; null while it is not. */
  frozenMs: number | null;
  /** The race in its current state, even while the view is frozen: keys and buttons act on it. */
  actual: RaceView;
  /** Whether the channel has reported a change that only the stored race can show: that it has begun, or is over. */
  isBehind: boolean;
  /** Freezes or unfreezes the view; the race goes on, and nothing that arrives is lost. */
  toggleFrozen: () => void;
  /** Calls back up to twenty times a second while more arrives, never while the view is frozen. */
  onCount: (listener: () => void) => () => void;
}

/** When a race is over, attempts still missing after this silence are fetched instead of awaited. */
const CATCH_UP_AFTER_MS = 2_000;

/**
 * Follows a race over the live channel, starting from the page's loaded data. While `isBehind`, the caller has to
 * reload the race.
 */
export function useRace(loaded: RaceView): LiveRace {
  const over = isOver(loaded.status);
  const first = useFirst(loaded);
  const link = useMemo(() => linkTo(first), [first]);
  const drawn = useDrawn(link);
  const [held, setHeld] = useState<Held | null>(null);
  const now = useClock(!over || held !== null);

  useEffect(() => link.open(), [link]);
  useEffect(() => (over ? catchUpLater(drawn.link, loaded) : undefined), [drawn, loaded, over]);

  const current = useMemo(() => viewOf(drawn, loaded), [drawn, loaded]);
  const facts = link.facts();
  const clock = Math.max(now ?? 0, facts.heardAt);
  return {
    ...(held?.view ?? current),
    connection: nameConnection({ ...facts, expectsNews: expectsNews(current.race, facts.connected) }, clock),
    ageMs: clock - facts.heardAt,
    now: held ? held.now : now,
    frozen: held !== null,
    frozenMs: held === null ? null : Math.max(0, (now ?? held.at) - held.at),
    actual: current.race,
    isBehind: isBehind(loaded, link.feed.status),
    toggleFrozen: () => setHeld(held === null ? { view: current, now, at: Date.now() } : null),
    onCount: held === null ? link.onCount : neverCounts,
  };
}

/** The view while it is frozen, and its time. */
interface Held {
  view: View;
  now: number | null;
  /** When the view was frozen, ms since the epoch. */
  at: number;
}

function isBehind({ status, startedAt }: RaceView, heard: RaceStatus | null): boolean {
  if (heard === null || isOver(status)) return false;
  return isOver(heard) || (startedAt === null && heard !== 'queued');
}

/** A link as of one moment: its feed changes in place, and a new version means that there is something to render. */
interface Drawn {
  link: RaceLink;
  version: number;
}

/**
 * The rendered state of the link: updated in parts that leave room for frames, as rendering all of it takes several.
 */
function useDrawn(link: RaceLink): Drawn {
  const first = useMemo(() => ({ link, version: 0 }), [link]);
  const [drawn, setDrawn] = useState<Drawn>(first);
  useEffect(() => {
    const draw = () => startTransition(() => setDrawn({ link, version: link.version() }));
    draw();
    return link.subscribe(draw);
  }, [link]);
  return drawn.link === link ? drawn : first;
}

const neverCounts = () => () => undefined;

/** The race as it was first loaded: it is reloaded when it is over, and the link stays the same. */
function useFirst(loaded: RaceView): RaceView {
  const [first, setFirst] = useState(loaded);
  if (first.id === loaded.id) return first;
  setFirst(loaded);
  return loaded;
}

/** A link that requests no more of a lane than its log holds: a million attempts would be twice that. */
function linkTo({ id, lanes }: RaceView): RaceLink {
  return new RaceLink(
    id,
    lanes.map(({ honesty }) => logStart(honesty.recorded, logCapacity(lanes.length))),
    lanes.filter(({ status }) => isLaneOver(status)).map(({ index }) => index),
  );
}

type View = Pick<LiveRace, 'race' | 'lanes'>;

function viewOf({ link: { feed } }: Drawn, loaded: RaceView): View {
  const race = mergeRace(loaded, feed);
  const lanes = race.lanes.map(({ index }) => {
    const log = feed.log(index);
    const heard = () => feed.lanes.get(index)?.honesty ?? null;
    return { log, logEnd: log.next, inFlight: feed.inFlight(index), heard };
  });
  return { race, lanes };
}

/** Snapshots come while a lane runs; a lost connection leaves every unfinished race without news. */
function expectsNews(race: RaceView, connected: boolean): boolean {
  if (isOver(race.status)) return false;
  return !connected || race.lanes.some((lane) => lane.status === 'running');
}

function catchUpLater(link: RaceLink, loaded: RaceView): () => void {
  const timer = setTimeout(() => {
    for (const lane of loaded.lanes) {
      link.feed.takeGap({ raceId: loaded.id, lane: lane.index, from: 0, to: lane.honesty.recorded });
    }
  }, CATCH_UP_AFTER_MS);
  return () => clearTimeout(timer);
}

const TICK_MS = 250;

const listeners = new Set<() => void>();
let now: number | null = null;
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(tick, TICK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const stopped = () => () => undefined;
const nothing = () => null;

/** The time in ms, four times a second; null on the server, in the first render, and while stopped. */
function useClock(runs: boolean): number | null {
  return useSyncExternalStore(runs ? subscribe : stopped, runs ? () => now : nothing, nothing);
}
