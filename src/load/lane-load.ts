import type { EventLoopLoad } from '@/model/bottleneck';
import type { Drops } from '@/model/race';
import type { StepKind } from '@/model/step-kind';
import type { ArrivalProcess, LoadModel } from '@/plan/load-plan';
import type { RecordedBatch } from './packed-batch';

/** The part of a lane's load that one worker thread generates: plain serialisable data. */
export interface LaneLoad {
  /**
   * The purchase route of the lane's strategy, at each server process that serves it: client i uses number i modulo
   * their count. Empty where clients purchase in this process.
   */
  urls: string[];
  /** Whether they may be beyond loopback; not unless an authorised user has allowed it. */
  allowRemote?: boolean;
  /** The address that this server listens on itself, loopback or not. */
  ownHost?: string;
  /** Sent with every purchase over HTTP: the server sells a lane's item only to its own load generator. */
  loadKey?: string;
  sku: string;
  /** Attempt n's id is `attemptPrefix + n`. */
  attemptPrefix: string;
  model: LoadModel;
  /** Attempts of the whole lane, at most; this shard makes those with n % shard.of === shard.index. */
  attempts: number;
  /**
   * The load starts nothing after this time, ms, except what the open model had due before it and sends within
   * `END_GRACE_MS`. Without it, only the number of attempts ends the load.
   */
  durationMs?: number;
  shard: { index: number; of: number };
  /** Clients of this shard: its connections, and so the most purchases in flight at once. */
  concurrency: number;
  quantity: number;
  thinkMs: number;
  /** Mean pause of a client of the closed model between two purchases, ms. */
  pauseMs: number;
  timeoutMs: number;
  seed: number;
  /** Time over which the clients of the closed model arrive, or the open model's rate rises from zero; ms. */
  rampMs: number;
  /** Clients whose first purchases the server lets in together; their attempts are the first of the lane. */
  crowd?: number;
  /** Whether a burst holds back the last byte of every request until all others have been sent. */
  holdLastByte: boolean;
  /** When the purchases of the open model are due; null for the other models. */
  open: OpenLoad | null;
  /** Names and kinds of the strategy's steps, in the order of the indices that traces use. */
  stepNames: string[];
  stepKinds: StepKind[];
}

export interface OpenLoad {
  /** Attempts per second, for the whole lane. */
  rate: number;
  arrivals: ArrivalProcess;
  /** Purchases of this shard that may wait for a free connection; those due beyond that are dropped and counted. */
  maxWaiting: number;
}

export type ToWorker =
  { type: 'open'; load: LaneLoad } | { type: 'start' } | { type: 'stop' } | { type: 'kill' };

/** What a thread reports about its load when it is over. */
export interface ShardReport {
  /** Attempts that were sent, each handed over in a batch. */
  generated: number;
  /** Purchases of the open model that were due and never sent; null for the other models. */
  drops: Drops | null;
  /** From the first to the last send of the first release, µs; null outside the burst model. */
  arrivalSpreadUs: number | null;
  /** How busy this thread was. */
  eventLoop: EventLoopLoad;
}

export type FromWorker =
  /** Every socket is connected. */
  | { type: 'ready' }
  /** The first request is about to be sent; `epochUs` is where the lane's clock starts. */
  | { type: 'started'; epochUs: number }
  | { type: 'batch'; recorded: RecordedBatch; inFlight: number }
  /** No attempt has come back since the last message, but this many are in flight now. */
  | { type: 'in-flight'; inFlight: number }
  | ({ type: 'done' } & ShardReport)
  | { type: 'failed'; message: string };
