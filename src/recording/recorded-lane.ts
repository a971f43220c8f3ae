import { refuse } from '@/lib/lab-error';
import type { Refusal, Result } from '@/lib/lab-error';
import type { Batch } from '@/model/columns';
import type { FinalState } from '@/model/final-state';
import { attemptPrefixOf } from '@/model/history';
import type { History } from '@/model/history';
import { toOrderColumns } from '@/model/order-columns';
import type { OrderRow } from '@/model/order-columns';
import type { FinalRows, LaneView, RaceView } from '@/model/race';
import { countOf } from '@/model/wording';
import type { StoredBatches } from '@/store/batch-store';
import type { OrderStore } from '@/store/order-store';
import { HistoryBuilder } from './history-builder';

export interface RecordedLaneDeps {
  batches: StoredBatches;
  orders: OrderStore;
}

/** A judged lane with everything that its verdict rests on, as it is stored; nothing is read before it is needed. */
export interface RecordedLane {
  race: RaceView;
  lane: LaneView;
  rows: FinalRows;
  /** The event log from its start. */
  batches: () => AsyncGenerator<Batch>;
  /** The orders that were counted, by rising id. */
  orders: () => AsyncGenerator<OrderRow>;
}

/** Batches of an event log read at a time. */
const BATCHES_AT_ONCE = 50;

/** Opens a stored lane; refuses one that was never judged, or whose judgement cannot be repeated. */
export function openRecordedLane(
  deps: RecordedLaneDeps,
  race: RaceView,
  index: number,
): Result<{ recorded: RecordedLane }> {
  const lane = race.lanes[index];
  if (!lane) return refuse('not-found', 'unknown-race', `Race ${race.id} has no lane ${index}.`);
  const rows = lane.finalRows;
  if (lane.status !== 'finished' || !rows) {
    const why = lane.status === 'finished' ? 'was judged before final rows were kept' : 'has not been judged';
    return refuse('conflict', 'not-judged', `Lane ${index} of race ${race.id} ${why}.`);
  }
  return {
    ok: true,
    recorded: {
      race,
      lane,
      rows,
      batches: () => eachBatch(deps.batches, race.id, index),
      orders: () => deps.orders.each(lane.sku, rows.lastOrderId),
    },
  };
}

/** A refusal when the store no longer holds what the lane was judged by. */
export async function findChange(
  deps: RecordedLaneDeps,
  recorded: RecordedLane,
): Promise<Refusal | undefined> {
  const { race, lane, rows } = recorded;
  const attempts = await deps.batches.count(race.id, lane.index);
  const orders = await deps.orders.count(lane.sku, rows.lastOrderId);
  for (const [what, judged, left] of [
    ['attempt', lane.counts.attempts, attempts],
    ['order', lane.orders.count, orders],
  ] as const) {
    if (judged === left) continue;
    const message = `Lane ${lane.index} of race ${race.id} was judged by ${countOf(judged, what)}, and now has ${left}.`;
    return refuse('conflict', 'rows-changed', message);
  }
  return undefined;
}

/**
 * Reads the rows that the lane was judged by. Memory: 20 bytes an order, and some 200 while they are read.
 *
 * @returns a refusal when the event log or the orders table no longer holds what was judged
 */
export async function readFinal({
  lane,
  rows,
  orders,
}: RecordedLane): Promise<Result<{ final: FinalState }>> {
  const counted: OrderRow[] = [];
  for await (const order of orders()) counted.push(order);
  if (counted.length !== lane.orders.count) {
    return refuse(
      'conflict',
      'rows-changed',
      `The table had ${countOf(lane.orders.count, 'order')} of ${lane.sku} when the lane was judged, and has ${counted.length} now.`,
    );
  }
  const { lastOrderId: _last, stopped: _stopped, ...facts } = rows;
  return { ok: true, final: { ...facts, orders: toOrderColumns(counted) } };
}

/** The same with the history. Memory: 37 to 133 bytes an attempt. */
export async function readEvidence(
  recorded: RecordedLane,
): Promise<Result<{ history: History; final: FinalState }>> {
  const { race, lane, batches } = recorded;
  const read = await readFinal(recorded);
  if (!read.ok) return read;
  const history = new HistoryBuilder(lane.counts.attempts, attemptPrefixOf(race.id, lane.index));
  for await (const batch of batches()) history.add(batch);
  return { ok: true, history: history.build(), final: read.final };
}

async function* eachBatch(store: StoredBatches, raceId: string, lane: number): AsyncGenerator<Batch> {
  for (let next = 0; ;) {
    const batches = await store.read(raceId, lane, next, BATCHES_AT_ONCE);
    yield* batches;
    const last = batches.at(-1);
    if (!last) return;
    next = last.seq + last.count;
  }
}
