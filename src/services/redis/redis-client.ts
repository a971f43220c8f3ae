import { createClient } from 'redis';
import type { None, RedisUnderTest } from '@/model/redis-under-test';

/** A command that is not written by then fails, and so does a connection on which nothing moves, ms. */
const TIMEOUT_MS = 5_000;
/** What keeps a connection moving that nobody uses, ms. */
const PING_MS = 2_000;
const LONGEST_RECONNECT_MS = 1_000;

type Options = Parameters<typeof createClient<None, None, None, 3, None>>[0];

/** A client of Redis, not connected yet. A client without a listener would end the process with its connection. */
export function createRedisClient(options: Options): RedisUnderTest {
  const client = createClient<None, None, None, 3, None>(options);
  // the command under way fails with the same error
  client.on('error', () => undefined);
  return client;
}

/**
 * Connects to the Redis under test. While it is away commands fail at once instead of queueing, and the client goes
 * on trying to reconnect. Close with `close()`.
 */
export async function connectRedis(url: string, onError: (error: Error) => void): Promise<RedisUnderTest> {
  const client = createRedisClient({
    url,
    name: 'oversell',
    disableOfflineQueue: true,
    commandOptions: { timeout: TIMEOUT_MS },
    pingInterval: PING_MS,
    socket: {
      socketTimeout: TIMEOUT_MS,
      reconnectStrategy: (tries) => Math.min(LONGEST_RECONNECT_MS, 50 * 2 ** tries),
    },
  });
  client.on('error', onError);
  await client.connect();
  return client;
}
