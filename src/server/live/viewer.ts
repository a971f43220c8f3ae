import type { Socket } from 'socket.io';
import type { Lab } from '@/lab/lab';
import { encodeLive } from '@/model/batches/batch-bytes';
import type { Batch } from '@/model/columns';
import type { ClientToServer, ServerToClient } from './protocol';

/** Batches read and sent at a time: with 512 attempts each at most, about 40 KB for a slow viewer. */
const BATCHES_AT_ONCE = 8;

/**
 * One connection watching one race. It pulls: it reads the log from its position, sends, and reads on only when the
 * connection has taken everything. So every attempt goes out once and in order, and a slow viewer costs the server one
 * portion, never a queue.
 */
export class Viewer {
  private isPumping = false;
  private isClosed = false;
  private hasMore = false;
  private resume: (() => void) | undefined;

  /** `cursors`: the first sequence number wanted of each lane. */
  constructor(
    private readonly socket: Socket<ClientToServer, ServerToClient>,
    private readonly lab: Pick<Lab, 'readEvents'>,
    readonly raceId: string,
    private readonly cursors: number[],
  ) {}

  /** Something may have been appended. */
  wake(): void {
    this.hasMore = true;
    if (!this.isPumping) void this.pump();
  }

  close(): void {
    this.isClosed = true;
    this.resume?.();
  }

  private async pump(): Promise<void> {
    this.isPumping = true;
    try {
      while (this.hasMore && !this.isClosed) {
        this.hasMore = false;
        for (let lane = 0; lane < this.cursors.length; lane += 1) await this.sendLane(lane);
      }
    } catch {
      // the store does not respond: the viewer reconnects and asks again from its position
      this.socket.disconnect(true);
    } finally {
      this.isPumping = false;
    }
  }

  private async sendLane(lane: number): Promise<void> {
    const batches = await this.lab.readEvents(this.raceId, lane, this.cursors[lane] ?? 0, BATCHES_AT_ONCE);
    if (!batches || batches.length === 0 || this.isClosed) return;
    const taken = this.whenTaken();
    for (const batch of batches) {
      const { seq, count } = batch;
      this.socket.emit('batch', { raceId: this.raceId, lane, seq, count, columns: columnsOf(batch) });
      this.cursors[lane] = seq + count;
    }
    await taken;
    this.hasMore = true;
  }

  /** Resolves when the connection has written everything out, or is closed. */
  private whenTaken(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.socket.conn.off('drain', done);
        this.resume = undefined;
        resolve();
      };
      this.resume = done;
      this.socket.conn.on('drain', done);
    });
  }
}

/** Batches as they are sent, each encoded once for all viewers that read it. */
const encoded = new WeakMap<Batch, Uint8Array>();

/** The columns that a dashboard draws; it fetches the rest when the user opens an attempt. */
function columnsOf(batch: Batch): Uint8Array {
  let columns = encoded.get(batch);
  if (!columns) encoded.set(batch, (columns = encodeLive(batch)));
  return columns;
}
