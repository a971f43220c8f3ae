import { io, type Socket } from 'socket.io-client';
import { fromJson } from '@/model/batches/batch-json';
import type { BatchJson } from '@/model/batches/batch-json';
import type { Batch } from '@/model/columns';
import type { ClientToServer, ServerToClient } from '@/server/live/protocol';
import type { ConnectionFacts } from './connection';
import { fetchJson } from './fetch-json';
import { RaceFeed } from './race-feed';

type LiveSocket = Socket<ServerToClient, ClientToServer>;

/** Rendering more often shows nothing more to a person, and costs frames. */
const REDRAW_MS = 250;
/** A counter may be written more often, as that costs next to nothing. */
const COUNT_MS = 50;
const RETRY_MS = 1_000;
/** Refusals by a server that is busy, or whose store does not respond. */
const RETRIED = new Set(['unavailable', 'too-fast']);

/**
 * One page's connection to one race: the feed, the socket, and the listeners to call when there is something to render.
 */
export class RaceLink {
  readonly feed: RaceFeed;
  readonly #raceId: string;
  readonly #over: readonly number[];
  readonly #listeners = new Set<() => void>();
  readonly #counters = new Set<() => void>();
  #version = 0;
  #countDue = false;
  #countedAt = Number.NEGATIVE_INFINITY;
  #redrawDue = false;
  #connected = false;
  #everConnected = false;
  #heardAt = Date.now();
  #resyncedAt: number | null = null;

  /** `starts`: first sequence number needed of each lane; `over`: the lanes that were over when the page was loaded. */
  constructor(raceId: string, starts: readonly number[], over: readonly number[]) {
    this.#raceId = raceId;
    this.#over = over;
    this.feed = new RaceFeed({
      raceId,
      laneCount: starts.length,
      starts,
      fetchEvents: (lane, from) => fetchEvents(raceId, lane, from),
      onChange: () => {
        this.#heardAt = Date.now();
        this.#requestRedraw();
        this.#requestCount();
      },
    });
  }

  /** Rises when there is something new to render, at most four times a second. */
  readonly version = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls back when more has arrived, up to twenty times a second: for numbers written outside React. */
  readonly onCount = (listener: () => void): (() => void) => {
    this.#counters.add(listener);
    return () => this.#counters.delete(listener);
  };

  facts(): Omit<ConnectionFacts, 'expectsNews'> {
    return {
      connected: this.#connected,
      everConnected: this.#everConnected,
      heardAt: this.#heardAt,
      resyncedAt: this.#resyncedAt,
    };
  }

  /** Opens the socket, and on every (re)connect requests what is still missing. Returns the function that closes it. */
  readonly open = (): (() => void) => {
    const socket: LiveSocket = io({ transports: ['websocket'], reconnectionDelayMax: 2_000 });
    let retry: ReturnType<typeof setTimeout> | undefined;
    socket.on('batch', (frame) => this.feed.takeFrame(frame));
    socket.on('snapshot', (snapshot) => this.feed.takeSnapshot(snapshot));
    socket.on('gap', (gap) => this.feed.takeGap(gap));
    socket.on('state', (state) => {
      if (state.raceId === this.#raceId) this.feed.takeState(state);
    });
    socket.on('connect', () => this.#onConnect(socket));
    socket.on('disconnect', (reason) => {
      this.#connected = false;
      this.#requestRedraw();
      // the server disconnects when its store does not respond; Socket.IO would not reconnect by itself
      if (reason === 'io server disconnect') retry = setTimeout(() => socket.connect(), RETRY_MS);
    });
    return () => {
      clearTimeout(retry);
      socket.disconnect();
    };
  };

  #onConnect(socket: LiveSocket): void {
    if (this.#everConnected) this.#resyncedAt = Date.now();
    this.#connected = true;
    this.#everConnected = true;
    this.#requestRedraw();
    this.#watch(socket);
  }

  #watch(socket: LiveSocket): void {
    const over = [...this.#over, ...this.feed.over()];
    socket.emit('watch', { raceId: this.#raceId, from: this.feed.wanted(), over }, (answer) => {
      if (answer.ok) this.feed.takeState(answer);
      else if (RETRIED.has(answer.error.code)) setTimeout(() => this.#watchAgain(socket), RETRY_MS);
    });
  }

  /** A socket that has lost its connection meanwhile asks again when it reconnects. */
  #watchAgain(socket: LiveSocket): void {
    if (socket.connected) this.#watch(socket);
  }

  #requestRedraw(): void {
    if (this.#redrawDue) return;
    this.#redrawDue = true;
    setTimeout(() => {
      this.#redrawDue = false;
      this.#version += 1;
      for (const listener of this.#listeners) listener();
    }, REDRAW_MS);
  }

  #requestCount(): void {
    if (this.#countDue || this.#counters.size === 0) return;
    this.#countDue = true;
    // at once after a pause, so that occasional news is not delayed
    const wait = Math.max(0, this.#countedAt + COUNT_MS - performance.now());
    setTimeout(() => {
      this.#countDue = false;
      this.#countedAt = performance.now();
      for (const listener of this.#counters) listener();
    }, wait);
  }
}

/** Reads stored attempts of a lane from sequence number `from` on. The result may end early: call again from there. */
async function fetchEvents(raceId: string, lane: number, from: number): Promise<Batch[]> {
  const path = `/api/races/${encodeURIComponent(raceId)}/events?lane=${lane}&from=${from}`;
  return (await fetchJson<{ batches: BatchJson[] }>(path, 'The events')).batches.map(fromJson);
}
