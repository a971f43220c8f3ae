import type { RedisUnderTest } from '@/model/redis-under-test';
import type { StorageDeps, Strategy } from '@/model/strategy';

/*
 * T1  Redis: if counter >= 1 then DECRBY 1, XADD the order   -> 0, queued: the buyer is told "accepted"
 * T2  Redis: if counter >= 1 then DECRBY 1, XADD the order   -> refused: sold out
 * T3  the consumer, later: begin; lock the row               -> reads what is queued
 * T3  insert the orders that are not there yet; deduct; commit; XDEL
 *
 * Protected: Redis runs the script alone, so a unit taken is a unit queued. The consumer may read an entry twice
 * (it died before XDEL): it looks for the order only after it has the row's lock, so a second one waits and finds it.
 * Not protected: what Redis has acknowledged and then loses, and what no consumer comes to write.
 * Cost: the answer comes before the sale is durable and names a queue entry instead of an order; lost entries have to
 * be reconciled.
 */

/**
 * Returns the entry's id and the units left, or -1: too few, -2: no counter. A known attempt gets its first answer, or
 * -3 if it asks for another quantity.
 */
const TAKE = `
local known = redis.call('hmget', KEYS[3], ARGV[2], ARGV[2] .. ' left', ARGV[2] .. ' units')
if known[1] and known[3] ~= ARGV[1] then return -3 end
if known[1] then return { known[1], known[2] } end
local left = redis.call('get', KEYS[1])
if not left then return -2 end
if tonumber(left) < tonumber(ARGV[1]) then return -1 end
left = redis.call('decrby', KEYS[1], ARGV[1])
local id = redis.call('xadd', KEYS[2], '*', 'attempt', ARGV[2], 'quantity', ARGV[1])
redis.call('hset', KEYS[3], ARGV[2], id, ARGV[2] .. ' left', left, ARGV[2] .. ' units', ARGV[1])
return { id, tostring(left) }`;

/** Counter, queue and answers given. The braces are a hash tag: they stay on one node of a cluster. */
const counterKey = (sku: string) => `gate:{${sku}}`;
const queueKey = (sku: string) => `gate-queue:{${sku}}`;
const keysOf = (sku: string) => [counterKey(sku), queueKey(sku), `gate-answers:{${sku}}`];
/** Entries that the consumer writes in one transaction. */
const BATCH = 200;

/** The consumer of each item in this process, while it has work; `again` asks it for one more look at the queue. */
interface Consumer {
  again: boolean;
  done: Promise<void>;
}
const consumers = new WeakMap<RedisUnderTest, Map<string, Consumer>>();

function consume(deps: StorageDeps, sku: string): Promise<void> {
  const running = consumers.get(deps.redis) ?? new Map<string, Consumer>();
  consumers.set(deps.redis, running);
  const known = running.get(sku);
  if (known) {
    known.again = true;
    return known.done;
  }
  const consumer: Consumer = { again: true, done: Promise.resolve() };
  const drain = async () => {
    try {
      while (consumer.again) {
        consumer.again = false;
        while ((await writeBatch(deps, sku)) > 0);
      }
    } finally {
      running.delete(sku);
    }
  };
  running.set(sku, consumer);
  consumer.done = drain();
  return consumer.done;
}

/** Writes what is at the head of the queue to PostgreSQL and only then removes it; answers how many entries. */
async function writeBatch({ db, redis }: StorageDeps, sku: string): Promise<number> {
  const entries = (await redis.xRange(queueKey(sku), '-', '+', { COUNT: BATCH })) ?? [];
  if (entries.length === 0) return 0;
  const attempts = entries.map(({ message }) => message.attempt);
  const quantities = entries.map(({ message }) => Number(message.quantity));
  await db.$transaction([
    db.$executeRaw`select from items where sku = ${sku} for update`,
    // a later statement than the lock: its snapshot holds whatever another consumer has written
    db.$executeRaw`
      with placed as (
        insert into orders (attempt_id, sku, quantity, strategy)
        select attempt_id, ${sku}, quantity, 'gate-queue'
        from unnest(${attempts}::text[], ${quantities}::int[]) as queued (attempt_id, quantity)
        where not exists (select from orders o where o.attempt_id = queued.attempt_id and o.sku = ${sku})
        returning quantity
      )
      update items set stock = stock - placed.units, version = version + 1
      from (select sum(quantity) as units from placed) as placed
      where sku = ${sku} and placed.units > 0`,
  ]);
  await redis.xDel(
    queueKey(sku),
    entries.map(({ id }) => id),
  );
  return entries.length;
}

export default {
  name: 'Gate and queue',
  expected: 'conditional',
  summary:
    'A Lua script takes the unit and queues the order in a Redis Stream; a consumer writes it to PostgreSQL after the buyer has been answered.',
  anomaly: 'drift between stores',
  condition: 'Redis keeps what it has acknowledged, and a consumer writes every queued order',
  conditionHolds: true,
  price:
    'One round trip to Redis for the buyer; the answer comes before the sale is durable, and its order id is that of the queue entry.',
  usedBy: ['flash sales'],
  references: [
    { title: 'Redis: Streams', url: 'https://redis.io/docs/latest/develop/data-types/streams/' },
    {
      title: 'Redis: Scripting with Lua',
      url: 'https://redis.io/docs/latest/develop/programmability/eval-intro/',
    },
  ],
  idempotent: true,
  stores: ['redis', 'postgres'],
  steps: { 'take and queue': 'redis decide', 'look up item': 'sql' },

  storage: {
    store: 'redis',
    truth: 'row',
    async prepare({ redis }, { sku, stock }) {
      await redis.del(keysOf(sku));
      await redis.set(counterKey(sku), stock);
    },
    async remaining({ redis }, sku) {
      const left = await redis.get(counterKey(sku));
      return left === null ? null : Number(left);
    },
    async drain(deps, sku) {
      // a consumer that fails has left the rest in the queue: that is for this one
      await consumers
        .get(deps.redis)
        ?.get(sku)
        ?.done.catch(() => undefined);
      await consume(deps, sku);
    },
    async clear({ redis }, sku) {
      await redis.del(keysOf(sku));
      await consumers
        .get(redis)
        ?.get(sku)
        ?.done.catch(() => undefined);
    },
  },

  async purchase({ db, redis, step }, { sku, quantity, attemptId }) {
    const call = { keys: keysOf(sku), arguments: [String(quantity), attemptId] };
    const answer = await step('take and queue', () => redis.eval(TAKE, call));
    if (answer === -1) return { outcome: 'sold-out' };
    if (answer === -3) {
      const reason = `attempt ${attemptId} has bought another quantity; an attempt id stands for one purchase`;
      return { outcome: 'error', code: 'attempt-reused', reason };
    }
    if (!Array.isArray(answer) || typeof answer[0] !== 'string') {
      const item = await step('look up item', () => db.item.findFirst({ where: { sku } }));
      if (!item) return { outcome: 'unknown-sku' };
      return { outcome: 'error', reason: `Redis has no gate for ${sku}; create the item again` };
    }
    // the buyer does not wait for it; what a consumer cannot write stays in the queue for the next one
    consume({ db, redis }, sku).catch(() => undefined);
    return { outcome: 'accepted', orderId: answer[0], remaining: Number(answer[1]) };
  },
} satisfies Strategy;
