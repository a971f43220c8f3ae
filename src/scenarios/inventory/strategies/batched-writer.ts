import type { PurchaseContext, Strategy } from '@/model/strategy';

/*
 * T1  nobody is writing: writes at once             -> row locked
 * T2  arrives meanwhile and waits in memory         no connection, no row lock
 * T3  arrives meanwhile and waits in memory
 * T1  committed
 * T2  one statement for T2 and T3                   locks the row, serves them in the order of their arrival
 * T2  accepted                                      each is answered on its own, after one commit for both
 * T3  sold out
 *
 * Protected: the statement reads the stock under the row's lock, so other servers and other strategies may write too.
 * Not protected: nothing of this row; but a statement that fails, fails for everybody in it.
 * Cost: a buyer may wait for the batch before its own; in return one row lock and one commit serve hundreds.
 */
/** Prisma on the pool that writes. */
type Database = PurchaseContext['db'];

const LARGEST_BATCH = 500;

interface Wish {
  attemptId: string;
  quantity: number;
}

interface Answer {
  remaining: number;
  /** Null where too few were left. */
  id: bigint | null;
}

type Waiting = Wish & { resolve: (answer: Answer | undefined) => void; reject: (error: unknown) => void };

/** Who waits for each item, by the client that will write it; an item is here only while a write is in flight. */
const queues = new WeakMap<Database, Map<string, Waiting[]>>();

function join(db: Database, sku: string, wish: Wish): Promise<Answer | undefined> {
  const bySku = queues.get(db) ?? new Map<string, Waiting[]>();
  queues.set(db, bySku);
  return new Promise((resolve, reject) => {
    const mine = { ...wish, resolve, reject };
    const waiting = bySku.get(sku);
    if (waiting) return void waiting.push(mine);
    bySku.set(sku, [mine]);
    void writeAll(db, sku, bySku);
  });
}

/** Writes batch after batch until nobody waits; forgets the item in the same turn in which it finds that out. */
async function writeAll(db: Database, sku: string, bySku: Map<string, Waiting[]>): Promise<void> {
  const queue = bySku.get(sku) ?? [];
  while (queue.length > 0) {
    const batch = queue.splice(0, LARGEST_BATCH);
    try {
      const answers = await write(db, sku, batch);
      for (const [i, { resolve }] of batch.entries()) resolve(answers[i]);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
  bySku.delete(sku);
}

/** One answer for each wish, in their order; none for an unknown sku. */
function write(db: Database, sku: string, batch: Wish[]): Promise<Answer[]> {
  const attempts = batch.map(({ attemptId }) => attemptId);
  const quantities = batch.map(({ quantity }) => quantity);
  return db.$queryRaw<Answer[]>`
    with recursive item as (
      select stock from items where sku = ${sku} for update
    ), walk as (
      select 0 as place, stock as remaining, false as fits from item
      union all
      select place + 1, remaining - case when wanted <= remaining then wanted else 0 end, wanted <= remaining
      from walk, lateral (select (${quantities}::int[])[place + 1] as wanted) as next
      where wanted is not null
    ), sold as (
      select place, nextval('orders_id_seq') as id from walk where fits
    ), taken as (
      update items set stock = items.stock - total.units, version = version + 1
      from (select max(remaining) - min(remaining) as units from walk) as total
      where sku = ${sku} and total.units > 0
    ), placed as (
      insert into orders (id, attempt_id, sku, quantity, strategy)
      select id, (${attempts}::text[])[place], ${sku}, (${quantities}::int[])[place], 'batched-writer' from sold
    )
    select walk.remaining, sold.id
    from walk left join sold using (place)
    where place > 0
    order by place`;
}

export default {
  name: 'Batched writer',
  expected: 'safe',
  summary:
    'Purchases that arrive while a write is in flight share the next one: one guarded statement for all, each answered on its own.',
  anomaly: 'lost update',
  price: 'A buyer may wait for the batch before its own; one row lock and one commit serve hundreds.',
  usedBy: ['AliSQL inventory hint', 'event-sourced queues'],
  references: [
    {
      title: 'PostgreSQL: WITH queries, recursive and changing data',
      url: 'https://www.postgresql.org/docs/18/queries-with.html',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'batched write': 'decide' },

  async purchase({ db, step }, { sku, quantity, attemptId }) {
    const answer = await step('batched write', () => join(db, sku, { attemptId, quantity }));
    if (!answer) return { outcome: 'unknown-sku' };
    if (answer.id === null) return { outcome: 'sold-out', remaining: answer.remaining };
    return { outcome: 'accepted', orderId: answer.id, remaining: answer.remaining };
  },
} satisfies Strategy;
