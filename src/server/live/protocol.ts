import type { JobKindName, JobState } from '@/model/job';
import type { LaneSnapshot, RaceStatus } from '@/model/race';

/**
 * The live channel: one Socket.IO namespace (the default one), WebSocket transport. With `watch` a client names the
 * sequence number from which on it wants each lane of a race, and gets every attempt exactly once. With `follow` it
 * subscribes to the changes of a job of any kind.
 */

/** Attempts of one lane, in the order of its log: sequence numbers `seq` to `seq + count - 1`. */
export interface LiveFrame {
  raceId: string;
  lane: number;
  /** Sequence number of the first attempt here; counts from 0 in each lane. */
  seq: number;
  count: number;
  /**
   * The columns that a page keeps, by `encodeLive`. Socket.IO sends them as an attachment, and a browser gets an
   * ArrayBuffer.
   */
  columns: Uint8Array | ArrayBuffer;
}

/** Cumulative state of one lane, a few times a second; may be dropped, since the next one repeats everything. */
export interface LiveSnapshot extends LaneSnapshot {
  raceId: string;
}

export interface LiveState {
  raceId: string;
  status: RaceStatus;
  reason: string | null;
}

/** The server no longer has these attempts in memory: fetch them from `GET /api/races/:id/events`. */
export interface LiveGap {
  raceId: string;
  lane: number;
  from: number;
  to: number;
}

export interface WatchRequest {
  raceId: string;
  /** First sequence number wanted, by lane; a lane that is not named starts at 0. */
  from?: Record<string, number>;
  /** Lanes that the client already shows as over; of the others that have begun, it gets a snapshot at once. */
  over?: number[];
}

export type WatchAnswer =
  | { ok: true; status: RaceStatus; reason: string | null; lanes: { index: number; next: number }[] }
  | { ok: false; error: { code: string; message: string } };

/** A job to follow. */
export interface FollowRequest {
  kind: JobKindName;
  id: string;
}

/** The progress of a job, sent at most a few times a second while it changes. */
export interface JobNews extends JobState {
  kind: JobKindName;
}

export type FollowAnswer = ({ ok: true } & JobNews) | { ok: false; error: { code: string; message: string } };

export interface ServerToClient {
  batch: (frame: LiveFrame) => void;
  snapshot: (snapshot: LiveSnapshot) => void;
  state: (state: LiveState) => void;
  gap: (gap: LiveGap) => void;
  job: (news: JobNews) => void;
}

export interface ClientToServer {
  watch: (request: WatchRequest, answer: (answer: WatchAnswer) => void) => void;
  unwatch: (request: { raceId: string }, answer?: (answer: { ok: boolean }) => void) => void;
  follow: (request: FollowRequest, answer: (answer: FollowAnswer) => void) => void;
  unfollow: (request: FollowRequest) => void;
}
