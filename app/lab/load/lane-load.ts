import type { AttemptBatch } from '../history';
import type { LoadModel } from '../load-plan';
import type { StepKind } from '../step-kind';

/** The part of a lane's load that one worker thread generates: plain serialisable data. */
export interface LaneLoad {
  /** The purchase route of the lane's strategy. */
  url: string;
  sku: string;
  /** Attempt n's id is `attemptPrefix + n`. */
  attemptPrefix: string;
  model: LoadModel;
  /** Attempts of the whole lane; this shard makes those with n % shard.of === shard.index. */
  attempts: number;
  shard: { index: number; of: number };
  /** Buyers of this shard. */
  concurrency: number;
  quantity: number;
  thinkMs: number;
  timeoutMs: number;
  seed: number;
  /** Time over which the buyers of the closed model arrive, ms. */
  rampMs: number;
  /** Kinds of the strategy's steps, in the order by which traces refer to them. */
  stepKinds: StepKind[];
}

export type ToWorker = { type: 'start' } | { type: 'stop' };

export type FromWorker =
  /** Every socket is connected. */
  | { type: 'ready' }
  /** The first request is about to be sent; `epochUs` is where the lane's clock starts. */
  | { type: 'started'; epochUs: number }
  | { type: 'batch'; batch: AttemptBatch; inFlight: number }
  | { type: 'done'; generated: number; arrivalSpreadUs: number | null }
  | { type: 'failed'; message: string };
