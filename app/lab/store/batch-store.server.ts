import type { PrismaClient } from '~/generated/prisma/client';
import type { BatchStore } from '../recording/event-log.server';
import { decodeBatch, encodeBatch, sliceBatch } from '../recording/batch-codec.server';

/** The stored event log of every lane, one row a batch. `db` is the bookkeeping client. */
export function createBatchStore(db: PrismaClient): BatchStore {
  return {
    append: async (batch) => {
      const { raceId, lane: laneIndex, seq, count } = batch;
      await db.eventBatch.create({
        data: { raceId, laneIndex, seq, count, columns: await encodeBatch(batch) },
        select: { seq: true },
      });
    },
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
