import PQueue from 'p-queue';
import { LabUnavailableError } from '@/lib/lab-error';
import type { LabLog } from '@/lib/lab-log';
import type { StoredBatches } from '@/store/batch-store';
import type { ExperimentStore } from '@/store/experiment-store';
import type { ExplorationStore } from '@/store/exploration-store';
import type { OrderStore } from '@/store/order-store';
import type { RaceStore } from '@/store/race-store';
import type { Audits } from './audit/audits';
import { requireDatabase } from './require-database';

/** Stores on the viewers' connections. Nothing that runs a race uses them. */
export interface ReadStores {
  races: RaceStore;
  experiments: ExperimentStore;
  explorations: ExplorationStore;
  batches: StoredBatches;
  orders: OrderStore;
  audits: Audits;
}

/** Reads at a time, and reads that may wait; together they fit the viewers' four connections. */
const SMALL = { atOnce: 2, waiting: 400 };
const LARGE = { atOnce: 1, waiting: 40 };
/** Most files written at a time. Each holds up to some 15 MB of attempts. */
const MAX_EXPORTS = 4;

const BUSY = 'Too many requests are reading stored races. Try again shortly.';

/**
 * What viewers read from the database. Only so many reads run at a time and only so many wait, so that 400 concurrent
 * requests cost a running race no more than three do. Lists and evidence have their own queue, and never delay reads of
 * a single race.
 */
export class StoredReads {
  private readonly queues = { small: new Queue(SMALL), large: new Queue(LARGE) };
  private exports = 0;

  constructor(
    private readonly stores: ReadStores,
    private readonly log: LabLog,
  ) {}

  /** Reads one race, one exploration or a few batches. @throws LabUnavailableError */
  small<T>(read: (stores: ReadStores) => Promise<T>): Promise<T> {
    return this.queues.small.add(() => requireDatabase(read(this.stores), this.log));
  }

  /** Reads a list, or recomputes evidence. @throws LabUnavailableError */
  large<T>(read: (stores: ReadStores) => Promise<T>): Promise<T> {
    return this.queues.large.add(() => requireDatabase(read(this.stores), this.log));
  }

  /** Passes the pieces through as one of the few files that may be written at a time. @throws LabUnavailableError */
  export(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    if (this.exports >= MAX_EXPORTS) throw new LabUnavailableError(BUSY, 'busy');
    return this.counted(pieces);
  }

  private async *counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.exports += 1;
    try {
      yield* pieces;
    } finally {
      this.exports -= 1;
    }
  }
}

/** Runs so many at a time, lets so many wait, and refuses the rest. */
class Queue {
  private readonly queue: PQueue;

  constructor(private readonly limits: { atOnce: number; waiting: number }) {
    this.queue = new PQueue({ concurrency: limits.atOnce });
  }

  async add<T>(work: () => Promise<T>): Promise<T> {
    if (this.queue.size >= this.limits.waiting) throw new LabUnavailableError(BUSY, 'busy');
    return this.queue.add(work);
  }
}
