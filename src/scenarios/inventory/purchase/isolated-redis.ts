import type { RedisUnderTest } from '@/model/redis-under-test';
import type { PurchaseContext } from '@/model/strategy';

/** Connections lent at once to the buyers of one server, and how long a buyer waits for one, ms. */
const LIMITS = { minimum: 1, maximum: 50, acquireTimeout: 5_000 };

type Lend = PurchaseContext['isolatedRedis'];

/** One pool a client, opened by the first buyer who asks; when the client ends, so does its pool. */
const lenders = new WeakMap<RedisUnderTest, Lend>();

/**
 * Lends connections to the same Redis, each to one borrower: WATCH state belongs to a connection, and the shared one
 * carries the commands of every buyer (https://redis.io/docs/latest/develop/using-commands/transactions/).
 */
export function isolate(redis: RedisUnderTest): Lend {
  const known = lenders.get(redis);
  if (known) return known;
  const lend = openPool(redis);
  lenders.set(redis, lend);
  return lend;
}

function openPool(redis: RedisUnderTest): Lend {
  let opening: Promise<ReturnType<RedisUnderTest['createPool']>> | undefined;
  const open = async () => {
    // a pool waits without end for a Redis that is away; the client that it is made from fails at once
    await redis.ping();
    const pool = redis.createPool(LIMITS);
    // the client that the pool was made from reports an outage; the borrower's command fails as well
    pool.on('error', () => undefined);
    redis.once('end', () => pool.destroy());
    await pool.connect();
    return pool;
  };
  return async (body) => {
    opening ??= open();
    opening.catch(() => (opening = undefined));
    return (await opening).execute(async (connection) => {
      try {
        return await body(connection);
      } catch (error) {
        // the next borrower's transaction must not fail because of a key that this one watched
        await connection.unwatch().catch(() => undefined);
        throw error;
      }
    });
  };
}
