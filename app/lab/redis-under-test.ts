import type { createClient } from 'redis';

type None = Record<never, never>;

/** The node-redis client under test, as far as strategies may use it: no modules, no scripts, RESP 3. */
export type RedisUnderTest = ReturnType<typeof createClient<None, None, None, 3, None>>;
