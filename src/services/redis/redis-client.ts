import { createClient, RESP_TYPES } from 'redis';
import type { None, RedisUnderTest } from '@/model/redis-under-test';

/** Timeout, ms, of writing a command, of the first connection, and of a connection without traffic. */
const TIMEOUT_MS = 5_000;
/** How often an idle connection is pinged to keep it open, ms. */
const PING_MS = 2_000;
const LONGEST_RECONNECT_MS = 1_000;

type Options = Parameters<typeof createClient<None, None, None, 3, None>>[0];

/**
 * Each call of `createClient` builds a class with 600 commands, in 120 ms of CPU time; its clients can be duplicated.
 */
let original: RedisUnderTest | undefined;

/** A Redis client, not connected yet. Without an error listener, a client would end the process with its connection. */
export function createRedisClient(options: Options): RedisUnderTest {
  original ??= createClient<None, None, None, 3, None>({});
  // the type of a duplicate omits the package's modules, which are there
  const client = original.duplicate(options) as unknown as RedisUnderTest;
  // the current command fails with the same error
  client.on('error', () => undefined);
  return client;
}

/**
 * Connects to the Redis under test. While Redis is away, commands fail at once instead of queueing, and the client goes
 * on trying to reconnect. Close with `close()`.
 *
 * @throws Error with the cause of the last failure, when Redis cannot be reached for 5 s
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

export interface PlainConnection {
  ask: (words: readonly (string | Buffer)[]) => Promise<unknown>;
  close: () => Promise<void>;
}

/**
 * A connection that sends words as they are and returns what Redis does: texts as buffers, maps as lists. It does not come back when
 * it is lost.
 *
 * @throws Error when Redis cannot be reached, or refuses
 */
export async function connectPlainly(url: string, name: string): Promise<PlainConnection> {
  const client = createRedisClient({
    url,
    name,
    disableOfflineQueue: true,
    commandOptions: {
      timeout: TIMEOUT_MS,
      typeMapping: {
        [RESP_TYPES.BLOB_STRING]: Buffer,
        [RESP_TYPES.VERBATIM_STRING]: Buffer,
        [RESP_TYPES.MAP]: Array,
      },
    },
    socket: { connectTimeout: TIMEOUT_MS, reconnectStrategy: false },
  });
  await client.connect();
  return {
    ask: (words: readonly (string | Buffer)[]): Promise<unknown> => client.sendCommand([...words]),
    close: async (): Promise<void> => client.destroy(),
  };
}
