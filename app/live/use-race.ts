import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { isOver, type RaceView } from '~/lab/race';
import type { AttemptLog } from './attempt-log';
import { nameConnection, type ConnectionState } from './connection';
import { mergeRace } from './merge-race';
import { RaceLink } from './race-link';
import { useClock } from './use-clock';

/** One lane's live side. */
export interface LiveLane {
  log: AttemptLog;
  /** End of the log as shown: rows from this sequence number on wait until the view is no longer frozen. */
  logEnd: number;
  /** Null before the first snapshot. */
  inFlight: number | null;
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
  /** Stops or resumes the view; the race goes on, and nothing that arrives is lost. */
  toggleFrozen: () => void;
}

/** When a race is over, attempts still missing after this silence are fetched instead of waited for. */
const CATCH_UP_AFTER_MS = 2_000;

/**
 * Follows a race over the live channel, starting from what the page was loaded with. `onOver` is called when the
 * channel says that the race is over, so that the caller can read the final race again, and once more whenever it
 * changes until `loaded` is over.
 */
export function useRace(loaded: RaceView, onOver: () => void): LiveRace {
  const over = isOver(loaded.status);
  const link = useMemo(() => new RaceLink(loaded.id, loaded.lanes.length), [loaded.id, loaded.lanes.length]);
  const version = useSyncExternalStore(link.subscribe, link.version, () => 0);
  const now = useClock(!over);
  const [held, setHeld] = useState<View | null>(null);

  useEffect(() => link.open(), [link]);
  useEffect(() => (over ? catchUpLater(link, loaded) : undefined), [link, loaded, over, version]);

  const overByChannel = link.feed.status !== null && isOver(link.feed.status);
  useEffect(() => {
    if (overByChannel && !over) onOver();
  }, [overByChannel, over, onOver]);

  // the feed changes in place, and `version` says when
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const current = useMemo(() => viewOf(link, loaded), [link, loaded, version]);
  const facts = link.facts();
  const clock = Math.max(now ?? 0, facts.heardAt);
  return {
    ...(held ?? current),
    connection: nameConnection({ ...facts, expectsNews: expectsNews(current.race, facts.connected) }, clock),
    ageMs: clock - facts.heardAt,
    now,
    frozen: held !== null,
    toggleFrozen: () => setHeld(held === null ? current : null),
  };
}

type View = Pick<LiveRace, 'race' | 'lanes'>;

function viewOf({ feed }: RaceLink, loaded: RaceView): View {
  const race = mergeRace(loaded, feed);
  const lanes = race.lanes.map(({ index }) => {
    const log = feed.log(index);
    return { log, logEnd: log.next, inFlight: feed.inFlight(index) };
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
