import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { io, type Socket } from 'socket.io-client';
import { isOver, type RaceView } from '~/lab/race';
import type { AttemptLog } from './attempt-log';
import { nameConnection, type ConnectionState } from './connection';
import { fetchEvents } from './fetch-events';
import { mergeRace } from './merge-race';
import type { ClientToServer, ServerToClient } from './protocol';
import { RaceFeed } from './race-feed';

/** One lane's live side. */
export interface LiveLane {
  log: AttemptLog;
  /** End of the log as shown: rows from this sequence number on wait until the view is no longer frozen. */
  logEnd: number;
  inFlight: number;
}

/** A race as the page shows it at one moment. */
export interface LiveRace {
  race: RaceView;
  lanes: LiveLane[];
  connection: ConnectionState;
  /** Time since the server was last heard, ms. */
  ageMs: number;
  /** The browser's clock; null on the server and in the first render, so that both render the same. */
  now: number | null;
}

type LiveSocket = Socket<ServerToClient, ClientToServer>;

/** Redrawing more often than this shows nothing more to a person, and costs frames. */
const REDRAW_MS = 250;
const TICK_MS = 1_000;
/** When a race is over, attempts still missing after this silence are fetched instead of waited for. */
const CATCH_UP_AFTER_MS = 2_000;

/**
 * Follows a race over the live channel, starting from what the page was loaded with. `onOver` is called once when
 * the channel says that the race is over, so that the caller can read the final race again.
 */
export function useRace(loaded: RaceView, frozen: boolean, onOver: () => void): LiveRace {
  const [, setRedraws] = useState(0);
  const [now, setNow] = useState<number | null>(null);
  const redraw = useThrottled(useCallback(() => setRedraws((count) => count + 1), []), REDRAW_MS);
  const link = useMemo(() => openLink(loaded.id, loaded.lanes.length, redraw), [loaded.id, loaded.lanes.length, redraw]);
  const over = isOver(loaded.status);

  useEffect(() => connect(link), [link]);

  useEffect(() => {
    setNow(Date.now());
    const ticker = setInterval(() => {
      setNow(Date.now());
      if (over) catchUp(link, loaded);
    }, TICK_MS);
    return () => clearInterval(ticker);
  }, [link, loaded, over]);

  const overByChannel = link.feed.status !== null && isOver(link.feed.status);
  const callOnOver = useRef(onOver);
  callOnOver.current = onOver;
  useEffect(() => {
    if (overByChannel && !over) callOnOver.current();
  }, [overByChannel, over]);

  const current = describe(link, loaded, now);
  const shown = useRef(current);
  if (!frozen || shown.current.race.id !== loaded.id) shown.current = current;
  return { ...shown.current, connection: current.connection, ageMs: current.ageMs, now: current.now };
}

/** The connection of one page to one race: the feed and what is known of the socket. */
interface Link {
  raceId: string;
  feed: RaceFeed;
  redraw: () => void;
  connected: boolean;
  everConnected: boolean;
  heardAt: number;
  resyncedAt: number | null;
}

function openLink(raceId: string, laneCount: number, redraw: () => void): Link {
  const link: Link = {
    raceId,
    redraw,
    connected: false,
    everConnected: false,
    heardAt: Date.now(),
    resyncedAt: null,
    feed: new RaceFeed({
      raceId,
      laneCount,
      fetchEvents: (lane, from) => fetchEvents(raceId, lane, from),
      onChange: () => {
        link.heardAt = Date.now();
        redraw();
      },
    }),
  };
  return link;
}

/** Opens the socket, and asks on every (re)connect for what is still missing. Returns the function that closes it. */
function connect(link: Link): () => void {
  const socket: LiveSocket = io({ transports: ['websocket'], reconnectionDelayMax: 2_000 });
  socket.on('batch', (batch) => link.feed.takeBatch(batch));
  socket.on('snapshot', (snapshot) => link.feed.takeSnapshot(snapshot));
  socket.on('gap', (gap) => link.feed.takeGap(gap));
  socket.on('state', (state) => {
    if (state.raceId === link.raceId) link.feed.takeState(state);
  });
  socket.on('connect', () => {
    if (link.everConnected) link.resyncedAt = Date.now();
    link.connected = true;
    link.everConnected = true;
    watch(socket, link);
  });
  socket.on('disconnect', () => {
    link.connected = false;
    link.redraw();
  });
  return () => {
    socket.disconnect();
  };
}

function watch(socket: LiveSocket, link: Link): void {
  socket.emit('watch', { raceId: link.raceId, from: link.feed.wanted() }, (answer) => {
    if (answer.ok) link.feed.takeState(answer);
  });
}

function catchUp(link: Link, loaded: RaceView): void {
  if (!link.connected || Date.now() - link.heardAt < CATCH_UP_AFTER_MS) return;
  for (const lane of loaded.lanes) {
    link.feed.takeGap({ raceId: link.raceId, lane: lane.index, from: 0, to: lane.honesty.recorded });
  }
}

function describe(link: Link, loaded: RaceView, now: number | null): LiveRace {
  const race = mergeRace(loaded, link.feed);
  const clock = now ?? link.heardAt;
  return {
    race,
    lanes: race.lanes.map((lane) => {
      const log = link.feed.log(lane.index);
      return { log, logEnd: log.next, inFlight: link.feed.pulse(lane.index).inFlight };
    }),
    connection: nameConnection({ ...link, expectsNews: !isOver(race.status) }, Math.max(clock, link.heardAt)),
    ageMs: Math.max(0, clock - link.heardAt),
    now,
  };
}

/** Calls `run` at most once in `waitMs`, and always once more after the last request. */
function useThrottled(run: () => void, waitMs: number): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => clearTimer(timer), []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      run();
    }, waitMs);
  }, [run, waitMs]);
}

function clearTimer(timer: { current: ReturnType<typeof setTimeout> | null }): void {
  if (timer.current !== null) clearTimeout(timer.current);
  timer.current = null;
}
