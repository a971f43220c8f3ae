import { createClient } from 'redis';
import type { None, RedisUnderTest } from '@/model/redis-under-test';

/** A command that is not written by then fails, and so do a first connection and one on which nothing moves, ms. */
const TIMEOUT_MS = 5_000;
/** What keeps a connection moving that nobody uses, ms. */
const PING_MS = 2_000;
const LONGEST_RECONNECT_MS = 1_000;

type Options = Parameters<typeof createClient<None, None, None, 3, None>>[0];

/** Each call of `createClient` makes a class with 600 commands, in 120 ms of a processor; its clients can be copied. */
let original: RedisUnderTest | undefined;

/** A client of Redis, not connected yet. A client without a listener would end the process with its connection. */
export function createRedisClient(options: Options): RedisUnderTest {
  original ??= createClient<None, None, None, 3, None>({});
  // the type of a copy leaves out the modules of the package, which are there
  const client = original.duplicate(options) as unknown as RedisUnderTest;
  // the command under way fails with the same error
  client.on('error', () => undefined);
  return client;
}

/**
 * Connects to the Redis under test. From then on commands fail at once while it is away instead of queueing, and the
 * client goes on trying to reconnect. Close with `close()`.
 *
 * @throws Error that says what the last try failed with, when Redis cannot be reached for 5 s
 */
export async function connectRedis(url: string, onError: (error: Error) => void): Promise<RedisUnderTest> {
  const giveUpAt = performance.now() + TIMEOUT_MS;
  let hasConnected = false;
  const client = createRedisClient({
    url,
    name: 'oversell',
    disableOfflineQueue: true,
    commandOptions: { timeout: TIMEOUT_MS },
    pingInterval: PING_MS,
    socket: {
      socketTimeout: TIMEOUT_MS,
      reconnectStrategy: (tries, cause) =>
        hasConnected || performance.now() < giveUpAt
          ? Math.min(LONGEST_RECONNECT_MS, 50 * 2 ** tries)
          : cause,
    },
  });
  client.on('error', onError);
  await client.connect();
  hasConnected = true;
  return client;
}
