import { Mutex } from 'async-mutex';
import type { Strategy } from '@/model/strategy';

/*
 * T1  takes the mutex of this sku   -> granted
 * T2  takes the mutex of this sku   waits in the memory of this process
 * T1  read stock -> 1; write stock = 0; insert order; frees the mutex
 * T2  granted; read stock -> 0: sold out
 * T3  in another process: takes its own mutex   -> granted at once, and may read what T1 has read
 *
 * Protected: buyers of one process from each other. Not protected: anything from a second process, which is what a
 * cluster, a rolling deployment or a nightly job is.
 * Cost: three statements for one buyer at a time; waiting itself costs neither a connection nor a round trip.
 */
const mutexes = new Map<string, Mutex>();

/** Finds and takes it in one go: between the two it might be forgotten, and then there would be a second one. */
async function take(sku: string): Promise<Mutex> {
  const mutex = mutexes.get(sku) ?? new Mutex();
  mutexes.set(sku, mutex);
  await mutex.acquire();
  return mutex;
}

/** A mutex that nobody wants is forgotten, or the map would keep every sku that was ever sold. */
function free(sku: string, mutex: Mutex): void {
  mutex.release();
  if (!mutex.isLocked()) mutexes.delete(sku);
}

export default {
  name: 'Mutex in the process',
  expected: 'conditional',
  summary:
    'A mutex in memory lets one buyer of an item at a time read and write: it holds as far as the memory reaches.',
  anomaly: 'lost update',
  condition: 'one server process sells the item',
  conditionHolds: true,
  price: 'One buyer at a time for three statements; waiting costs no connection.',
  usedBy: ['services that run on one node'],
  references: [{ title: 'async-mutex', url: 'https://github.com/DirtyHairy/async-mutex' }],
  idempotent: false,
  stores: ['postgres'],
  steps: {
    'take mutex': 'memory lock',
    'read stock': 'read',
    think: 'think',
    'write stock': 'write',
    'insert order': 'order',
  },

  async purchase({ db, step, think }, { sku, quantity, attemptId }) {
    const mutex = await step('take mutex', () => take(sku));
    try {
      const seen = await step('read stock', () =>
        db.item.findFirst({ where: { sku }, select: { stock: true, version: true } }),
      );
      if (!seen) return { outcome: 'unknown-sku' };
      if (seen.stock < quantity) return { outcome: 'sold-out', remaining: seen.stock, seen };

      await step('think', think);

      const remaining = seen.stock - quantity;
      await step('write stock', () =>
        db.item.updateMany({ where: { sku }, data: { stock: remaining, version: { increment: 1 } } }),
      );
      const order = await step('insert order', () =>
        db.order.create({
          data: { attemptId, sku, quantity, strategy: 'process-mutex' },
          select: { id: true },
        }),
      );
      return { outcome: 'accepted', orderId: order.id, remaining, seen };
    } finally {
      free(sku, mutex);
    }
  },
} satisfies Strategy;
