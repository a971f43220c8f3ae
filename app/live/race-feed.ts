import { isLaneOver } from '@/model/lane-status';
import type { LaneView, RaceStatus } from '@/model/race';
import { decodeLive } from '@/model/batches/batch-bytes';
import type { LiveBatch } from '@/model/columns';
import type { LiveFrame, LiveGap, LiveSnapshot, LiveState } from '@/server/live/protocol';
import { AttemptLog, logCapacity } from './attempt-log';
import type { LiveWord } from './merge-race';
import { placeBatch } from './sequence';

export interface FeedDeps {
  raceId: string;
  laneCount: number;
  /** First sequence number wanted of each lane; default 0. */
  starts?: readonly number[];
  /** Reads attempts over HTTP that the live channel could not send. */
  fetchEvents: (lane: number, from: number) => Promise<LiveBatch[]>;
  /** Called whenever something shown may have changed; many times a second. */
  onChange: () => void;
}

/** The page's state of one lane beside its view. */
interface LaneFeed {
  log: AttemptLog;
  inFlight: number | null;
  /** Batches that arrived before their predecessors. */
  early: LiveBatch[];
  /** The end of the gap that is being fetched, as a sequence number; null while none is. */
  fillTo: number | null;
}

/**
 * Takes what the live channel sends about one race, in any order that a bad connection brings it, and holds every
 * attempt exactly once. Independent of sockets and React.
 */
export class RaceFeed implements LiveWord {
  status: RaceStatus | null = null;
  reason: string | null = null;
  readonly lanes = new Map<number, LaneView>();
  readonly #feeds: LaneFeed[];
  readonly #deps: FeedDeps;

  constructor(deps: FeedDeps) {
    this.#deps = deps;
    this.#feeds = Array.from({ length: deps.laneCount }, (_, lane) => ({
      log: new AttemptLog(logCapacity(deps.laneCount), deps.starts?.[lane]),
      inFlight: null,
      early: [],
      fillTo: null,
    }));
  }

  /** The log of a lane; an empty one for a lane that does not exist. */
  log(lane: number): AttemptLog {
    return this.#feeds[lane]?.log ?? new AttemptLog(0);
  }

  /** Attempts of a lane under way, as its last snapshot said; null before there was one. */
  inFlight(lane: number): number | null {
    return this.#feeds[lane]?.inFlight ?? null;
  }

  /** First sequence number still needed of each lane: what to request when (re)connecting. */
  wanted(): Record<string, number> {
    return Object.fromEntries(this.#feeds.map((feed, lane) => [String(lane), feed.log.next]));
  }

  /** Lanes that the channel has reported to be over. */
  over(): number[] {
    return [...this.lanes.values()].filter(({ status }) => isLaneOver(status)).map(({ index }) => index);
  }

  takeFrame(frame: LiveFrame): void {
    const feed = this.#feeds[frame.lane];
    if (frame.raceId !== this.#deps.raceId || !feed) return;
    const place = placeBatch(feed.log.next, frame);
    if (place.kind === 'duplicate') return;
    const { columns, seq } = frame;
    const batch = decodeLive(columns instanceof Uint8Array ? columns : new Uint8Array(columns), seq);
    if (place.kind === 'append') {
      feed.log.append(batch, place.skip);
      this.#deps.onChange();
    } else {
      feed.early.push(batch);
      this.#fill(frame.lane, feed, place.to);
    }
  }

  takeGap(gap: LiveGap): void {
    const feed = this.#feeds[gap.lane];
    if (gap.raceId === this.#deps.raceId && feed && gap.to > feed.log.next)
      this.#fill(gap.lane, feed, gap.to);
  }

  takeSnapshot(snapshot: LiveSnapshot): void {
    const feed = this.#feeds[snapshot.lane.index];
    if (snapshot.raceId !== this.#deps.raceId || !feed) return;
    this.lanes.set(snapshot.lane.index, snapshot.lane);
    feed.inFlight = snapshot.inFlight;
    this.#deps.onChange();
  }

  takeState(state: Pick<LiveState, 'status' | 'reason'>): void {
    this.status = state.status;
    this.reason = state.reason;
    this.#deps.onChange();
  }

  /** Starts to fetch up to `to`, or extends the current fetch that far. */
  #fill(lane: number, feed: LaneFeed, to: number): void {
    const underWay = feed.fillTo !== null;
    feed.fillTo = Math.max(feed.fillTo ?? 0, to);
    if (!underWay) void this.#fetchHole(lane, feed);
  }

  /** A failed fetch leaves the gap open: the next batch, gap message or reconnect requests it again. */
  async #fetchHole(lane: number, feed: LaneFeed): Promise<void> {
    try {
      while (feed.fillTo !== null && feed.log.next < feed.fillTo) {
        const before = feed.log.next;
        for (const batch of await this.#deps.fetchEvents(lane, before)) this.#appendInOrder(feed, batch);
        if (feed.log.next === before) break;
        this.#deps.onChange();
      }
    } catch {
      feed.early = [];
    }
    feed.fillTo = null;
    const early = feed.early.sort((a, b) => a.seq - b.seq);
    feed.early = [];
    for (const batch of early) this.#appendInOrder(feed, batch);
    this.#deps.onChange();
  }

  #appendInOrder(feed: LaneFeed, batch: LiveBatch): void {
    const place = placeBatch(feed.log.next, batch);
    if (place.kind === 'append') feed.log.append(batch, place.skip);
  }
}
