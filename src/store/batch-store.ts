import { Prisma, type PrismaClient } from '@/generated/prisma/client';
import { unpackBatch } from '@/load/packed-batch';
import { sliceBatch } from '@/model/columns';
import type { BatchRow, BatchStore } from '@/recording/event-log';

export interface StoredBatches extends BatchStore {
  /** Like `read`, from the start of a batch, but packed as stored: the caller unpacks them with `unpackBatch`. */
  readPacked: (raceId: string, lane: number, seq: number, limit: number) => Promise<BatchRow[]>;
  /** Attempts in the log of a lane. */
  count: (raceId: string, lane: number) => Promise<number>;
}

/** The stored event log of every lane, one row a batch. `db` is the bookkeeping client. */
export function createBatchStore(db: PrismaClient): StoredBatches {
  return {
    count: async (raceId, laneIndex) => {
      const { _sum } = await db.eventBatch.aggregate({ where: { raceId, laneIndex }, _sum: { count: true } });
      return _sum.count ?? 0;
    },
    append: async ({ raceId, lane }, rows) => {
      const values = rows.map(
        ({ seq, count, columns }) =>
          Prisma.sql`(${raceId}, ${lane}::int, ${seq}::int, ${count}::int, ${columns})`,
      );
      // a retry after a lost response finds its batch written: a batch of this number never changes
      await db.$executeRaw`
        insert into event_batches (race_id, lane_index, seq, count, columns)
        values ${Prisma.join(values)} on conflict do nothing`;
    },
    readPacked: (raceId, laneIndex, seq, limit) =>
      db.eventBatch.findMany({
        where: { raceId, laneIndex, seq: { gte: seq } },
        orderBy: { seq: 'asc' },
        take: limit,
        select: { seq: true, count: true, columns: true },
      }),
    read: async (raceId, laneIndex, seq, limit) => {
      const holding = await db.eventBatch.findFirst({
        where: { raceId, laneIndex, seq: { lte: seq } },
        orderBy: { seq: 'desc' },
        select: { seq: true },
      });
      const rows = await db.eventBatch.findMany({
        where: { raceId, laneIndex, seq: { gte: holding?.seq ?? seq } },
        orderBy: { seq: 'asc' },
        take: limit,
      });
      const wanted = rows.filter((row) => seq < row.seq + row.count);
      return wanted.map((row) => sliceBatch(unpackBatch(row.columns, row.seq), seq - row.seq));
    },
  };
}
