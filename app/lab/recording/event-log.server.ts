import type { StoredBatch } from '../event-batch';
import { sliceBatch } from './batch-codec.server';

/** Attempts kept in memory for viewers that follow closely; older ones are read from the store. */
const TAIL_ATTEMPTS = 50_000;

export interface BatchStore {
  append: (batch: StoredBatch) => Promise<void>;
  /** Batches that hold the attempts from sequence number `seq` on, in order, at most `limit` batches. */
  read: (raceId: string, lane: number, seq: number, limit: number) => Promise<StoredBatch[]>;
}

/**
 * The event log of one running lane: appended in order, written to the store behind, readable from any sequence
 * number at once (from memory where it is recent, from the store where it is not).
 */
export class EventLog {
  private tail: StoredBatch[] = [];
  private tailAttempts = 0;
  private writing: Promise<void> = Promise.resolve();
  private storedUpTo = 0;
  private nextSeq = 0;

  constructor(private readonly store: BatchStore) {}

  /** Sequence number of the next attempt. */
  get next(): number {
    return this.nextSeq;
  }

  /** Attempts that are safely in the store. */
  get stored(): number {
    return this.storedUpTo;
  }

  append(batch: StoredBatch): void {
    this.tail.push(batch);
    this.tailAttempts += batch.count;
    this.nextSeq = batch.seq + batch.count;
    this.writing = this.writing.then(async () => {
      await this.store.append(batch);
      this.storedUpTo = batch.seq + batch.count;
      this.trim();
    });
    // reported by `flushed`; without this the process would end on it first
    this.writing.catch(() => undefined);
  }

  /** Goes on after a batch that is in the store already. */
  restore(batch: StoredBatch): void {
    this.nextSeq = this.storedUpTo = batch.seq + batch.count;
  }

  /** Resolves when everything appended is stored; rejects when the store refused a batch. */
  async flushed(): Promise<void> {
    await this.writing;
  }

  async read(raceId: string, lane: number, seq: number, limit: number): Promise<StoredBatch[]> {
    const first = this.tail[0];
    if (first && seq < first.seq) return this.store.read(raceId, lane, seq, limit);
    const from = this.tail.findIndex((batch) => seq < batch.seq + batch.count);
    if (from === -1) return [];
    return this.tail.slice(from, from + limit).map((batch) => sliceBatch(batch, seq));
  }

  private trim(): void {
    for (let first = this.tail[0]; first; first = this.tail[0]) {
      const isStored = first.seq + first.count <= this.storedUpTo;
      if (!isStored || this.tailAttempts - first.count < TAIL_ATTEMPTS) return;
      this.tailAttempts -= first.count;
      this.tail.shift();
    }
  }
}
