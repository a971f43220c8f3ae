import { randomUUID } from 'node:crypto';
import type { RedisUnderTest } from '@/model/redis-under-test';
import type { PurchaseContext } from '@/model/strategy';
import { REAL_CLOCK } from './attempt-clock';
import type { AttemptClock } from './attempt-clock';

const LEASE_MS = 2_000;
const WAIT_MS = 5_000;
/** Waiting buyers ask again after a random time up to this, ms. */
const ASK_AGAIN_MS = 20;

const RENEW = `
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end
return 0`;

const RELEASE = `
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0`;

/**
 * Locks in one Redis: SET NX PX with a random token, renewal and release only while the token is still there, bounded
 * waiting with jitter (https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/). Why no library does
 * it: docs/decisions/0014-redis-locks.md.
 */
export function createLocks(
  redis: RedisUnderTest,
  { renews, clock = REAL_CLOCK }: { renews: boolean; clock?: AttemptClock },
): PurchaseContext['acquireLock'] {
  return async (key, { leaseMs = LEASE_MS, waitMs = WAIT_MS } = {}) => {
    const token = randomUUID();
    const giveUpAt = clock.nowUs() + waitMs * 1_000;
    while (
      (await redis.set(key, token, { condition: 'NX', expiration: { type: 'PX', value: leaseMs } })) === null
    ) {
      if (clock.nowUs() >= giveUpAt) return null;
      await clock.sleep(Math.random() * ASK_AGAIN_MS);
    }
    let isLost = false;
    const renew = async () => {
      const isHeld = await redis.eval(RENEW, { keys: [key], arguments: [token, String(leaseMs)] });
      if (isHeld !== 1) isLost = true;
    };
    const timer = renews
      ? setInterval(() => void renew().catch(() => (isLost = true)), leaseMs / 3)
      : undefined;
    return {
      isLost: () => isLost,
      release: async () => {
        clearInterval(timer);
        return (await redis.eval(RELEASE, { keys: [key], arguments: [token] })) === 1;
      },
    };
  };
}
