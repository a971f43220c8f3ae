import { again, BRIEFLY_MS, PATIENTLY_MS } from '@/failures/again';
import type { RecordedBatch } from '@/load/packed-batch';
import { sliceBatch } from '@/model/columns';
import type { Batch } from '@/model/columns';

/**
 * Attempts kept in memory for viewers that follow closely; older ones are read from the store. Some 160 bytes each, and
 * 12 a step.
 */
const TAIL_ATTEMPTS = 20_000;
/** Batches written with one statement: the cost is per statement, and a log that fell behind has to catch up. */
const BATCHES_A_WRITE = 16;

/** A batch as the store keeps it. */
export interface BatchRow {
  seq: number;
  count: number;
  /** Packed by `packBatch`. */
  columns: Uint8Array<ArrayBuffer>;
}

/** The race and lane of a log. */
export interface LogPlace {
  raceId: string;
  lane: number;
}

export interface BatchStore {
  /** Appends all of them or none. Appending the same rows again changes nothing. */
  append: (place: LogPlace, rows: readonly BatchRow[]) => Promise<void>;
  /** Batches that hold the attempts from sequence number `seq` on, in order, at most `limit` batches. */
  read: (raceId: string, lane: number, seq: number, limit: number) => Promise<Batch[]>;
}

/**
 * The event log of one running lane. Batches are appended in order, written to the store in the background, and
 * readable from any sequence number at once (recent ones from memory, others from the store).
 */
export class EventLog {
  private tail: Batch[] = [];
  private tailAttempts = 0;
  private pending: BatchRow[] = [];
  private writing: Promise<void> | undefined;
  private failure: { error: unknown } | undefined;
  private storedUpTo = 0;
  private nextSeq = 0;
  /** Called once when writing has failed and stops until `complete` is called. */
  onFailure: (error: unknown) => void = () => undefined;

  constructor(
    private readonly store: BatchStore,
    private readonly place: LogPlace,
  ) {}

  /** Sequence number of the next attempt. */
  get next(): number {
    return this.nextSeq;
  }

  /** Attempts that are safely in the store. */
  get stored(): number {
    return this.storedUpTo;
  }

  /** Attempts that are only in memory. Grows while attempts come back faster than the store takes them. */
  get unstored(): number {
    return this.nextSeq - this.storedUpTo;
  }

  /** Assigns the batch its place in the log. */
  append({ batch, packed }: RecordedBatch): void {
    const { count } = batch;
    batch.seq = this.nextSeq;
    this.tail.push(batch);
    this.pending.push({ seq: batch.seq, count, columns: packed });
    this.tailAttempts += count;
    this.nextSeq += count;
    this.start(PATIENTLY_MS);
  }

  /** Continues after a batch that is already in the store. */
  restore(batch: Batch): void {
    this.nextSeq = this.storedUpTo = batch.seq + batch.count;
  }

  /** Resolves when everything appended is stored; rejects when the store refused a batch. */
  async flushed(): Promise<void> {
    await this.writing;
    if (this.failure) throw this.failure.error;
  }

  /** Writes what could not be written before. Rejects when that fails again. */
  async complete(): Promise<void> {
    await this.writing;
    this.failure = undefined;
    this.start(BRIEFLY_MS);
    await this.flushed();
  }

  async read(seq: number, limit: number): Promise<Batch[]> {
    const first = this.tail[0];
    if (first && seq < first.seq) return this.store.read(this.place.raceId, this.place.lane, seq, limit);
    const from = this.tail.findIndex((batch) => seq < batch.seq + batch.count);
    if (from === -1) return [];
    return this.tail.slice(from, from + limit).map((batch) => sliceBatch(batch, seq - batch.seq));
  }

  /**
   * Starts writing, unless it goes on already or has failed. Only where there is something to write: a write that ends
   * before it is assigned would stay the current one for ever.
   */
  private start(forMs: number): void {
    if (this.failure || this.pending.length === 0) return;
    this.writing ??= this.write(forMs);
  }

  /** Writes what is pending, and what arrives meanwhile. Never rejects: the caller may not await it. */
  private async write(forMs: number): Promise<void> {
    try {
      while (this.pending.length > 0 && !this.failure) {
        const rows = this.pending.slice(0, BATCHES_A_WRITE);
        await again(() => this.store.append(this.place, rows), { forMs });
        this.pending = this.pending.slice(rows.length);
        const last = rows.at(-1);
        if (last) this.storedUpTo = last.seq + last.count;
        this.trim();
      }
    } catch (error) {
      // a log with a hole would be worse than one that ends, so nothing more is written
      this.failure = { error };
    }
    this.writing = undefined;
    if (this.failure) this.onFailure(this.failure.error);
  }

  private trim(): void {
    let gone = 0;
    for (const { seq, count } of this.tail) {
      const isStored = seq + count <= this.storedUpTo;
      if (!isStored || this.tailAttempts - count < TAIL_ATTEMPTS) break;
      this.tailAttempts -= count;
      gone += 1;
    }
    if (gone > 0) this.tail = this.tail.slice(gone);
  }
}
