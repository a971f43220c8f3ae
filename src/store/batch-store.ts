import { Prisma, type PrismaClient } from '@/generated/prisma/client';
import type { StoredBatch } from '@/model/event-batch';
import { decodeBatch, encodeBatch, sliceBatch } from '@/recording/batch-codec';
import type { BatchStore } from '@/recording/event-log';

/** A batch as it is kept, to be taken apart by `decodeBatch` somewhere else. */
export interface PackedBatch {
  seq: number;
  count: number;
  columns: Uint8Array<ArrayBuffer>;
}

export interface StoredBatches extends BatchStore {
  /** As `read`, from the start of a batch, and without taking them apart. */
  readPacked: (raceId: string, lane: number, seq: number, limit: number) => Promise<PackedBatch[]>;
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
    append: async (batches) => {
      const rows = await Promise.all(batches.map(toRow));
      // written before if its answer was lost: a batch of this number never becomes another one
      await db.$executeRaw`
        insert into event_batches (race_id, lane_index, seq, count, columns)
        values ${Prisma.join(rows)} on conflict do nothing`;
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
      return Promise.all(wanted.map(async (row) => sliceBatch(await decodeBatch(row.columns), seq)));
    },
  };
}

async function toRow(batch: StoredBatch): Promise<Prisma.Sql> {
  const { raceId, lane, seq, count } = batch;
  return Prisma.sql`(${raceId}, ${lane}::int, ${seq}::int, ${count}::int, ${await encodeBatch(batch)})`;
}
