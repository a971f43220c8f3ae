import { createHash } from 'node:crypto';
import type { RedisUnderTest } from '@/model/redis-under-test';
import type { Strategy } from '@/model/strategy';

/*
 * T1  Redis: if counter >= 1 then DECRBY 1   -> 0, let through
 * T2  Redis: if counter >= 1 then DECRBY 1   -> refused: sold out without touching PostgreSQL
 * T1  PostgreSQL: guarded update and order, one statement
 * T1  (if that refuses or certainly fails)   Redis: INCRBY 1, giving the unit back
 *
 * Protected: Redis runs a script alone, and the write in PostgreSQL is guarded a second time.
 * Not protected: the gap between the two stores. A process that dies in it leaves a unit taken in Redis and not
 * sold in PostgreSQL (drift), which is why this one is safe only on condition.
 * Cost: a second store to keep in step; sold-out buyers cost PostgreSQL nothing.
 */

/** Answers the units left, -1 when there are too few, -2 when the key is missing: neither zero nor a cue to refill. */
const TAKE = `
local left = redis.call('get', KEYS[1])
if not left then return -2 end
if tonumber(left) < tonumber(ARGV[1]) then return -1 end
return redis.call('decrby', KEYS[1], ARGV[1])`;

const TAKE_SHA = createHash('sha1').update(TAKE).digest('hex');

/** The braces are a hash tag: every key of an item stays on one node of a cluster. */
const inventoryKey = (sku: string) => `inventory:{${sku}}`;

/** EVALSHA sends 40 bytes instead of the script; a restarted Redis has forgotten it and wants it once more. */
async function takeUnits(redis: RedisUnderTest, sku: string, quantity: number): Promise<number> {
  const call = { keys: [inventoryKey(sku)], arguments: [String(quantity)] };
  try {
    return Number(await redis.evalSha(TAKE_SHA, call));
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return Number(await redis.eval(TAKE, call));
  }
}

export default {
  name: 'Redis Lua gate',
  expected: 'conditional',
  summary:
    'A Lua script lets through only as many buyers as there are units; a guarded write in PostgreSQL confirms each.',
  anomaly: 'drift between stores',
  condition: 'no process dies between the decrement in Redis and the write in PostgreSQL',
  conditionHolds: true,
  price: 'A second store that has to be kept in step; in return, sold-out buyers cost PostgreSQL nothing.',
  usedBy: ['flash-sale designs', 'Shopify until 2026'],
  references: [
    {
      title: 'Redis: Scripting with Lua',
      url: 'https://redis.io/docs/latest/develop/programmability/eval-intro/',
    },
  ],
  idempotent: false,
  stores: ['redis', 'postgres'],
  steps: {
    'take from gate': 'redis decide',
    'look up item': 'sql',
    'guarded update': 'write',
    'give back': 'redis',
  },

  storage: {
    store: 'redis',
    truth: 'row',
    async prepare({ redis }, { sku, stock }) {
      await redis.set(inventoryKey(sku), stock);
    },
    async remaining({ redis }, sku) {
      const left = await redis.get(inventoryKey(sku));
      return left === null ? null : Number(left);
    },
    async clear({ redis }, sku) {
      await redis.del(inventoryKey(sku));
    },
  },

  async purchase({ db, redis, step, isDefinite }, { sku, quantity, attemptId }) {
    const left = await step('take from gate', () => takeUnits(redis, sku, quantity));
    if (left === -1) return { outcome: 'sold-out' };
    if (left === -2) {
      const item = await step('look up item', () => db.item.findFirst({ where: { sku } }));
      if (!item) return { outcome: 'unknown-sku' };
      return { outcome: 'error', reason: `Redis has no inventory key for ${sku}; create the item again` };
    }

    const giveBack = () => step('give back', () => redis.incrBy(inventoryKey(sku), quantity));
    const write = () => db.$queryRaw<{ remaining: number; version: number; id: bigint }[]>`
        with taken as (
          update items set stock = stock - ${quantity}, version = version + 1
          where sku = ${sku} and stock >= ${quantity}
          returning stock, version
        ), placed as (
          insert into orders (attempt_id, sku, quantity, strategy)
          select ${attemptId}, ${sku}, ${quantity}, 'redis-lua-gate' from taken
          returning id
        )
        select taken.stock as remaining, taken.version, placed.id from taken, placed`;
    const rows = await step('guarded update', write).catch(async (error: unknown) => {
      // an order that may exist keeps its unit: giving back on a guess would sell it twice
      if (isDefinite(error)) await giveBack();
      throw error;
    });
    const row = rows[0];
    if (!row) {
      await giveBack();
      return { outcome: 'sold-out' };
    }
    const seen = { stock: row.remaining + quantity, version: row.version - 1 };
    return { outcome: 'accepted', orderId: row.id, remaining: row.remaining, seen };
  },
} satisfies Strategy;
