import type { createClient } from 'redis';

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- so node-redis spells "none added"
export type None = Record<never, never>;

/** The node-redis client under test, as far as strategies may use it: RESP 3, no modules. */
export type RedisUnderTest = ReturnType<typeof createClient<None, None, None, 3, None>>;
