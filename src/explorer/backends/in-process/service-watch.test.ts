import { expect, test } from 'vitest';
import { createRedisClient } from '@/services/redis/redis-client';
import { ServiceWatch } from './service-watch';

/** A watch on a PostgreSQL that says this of its start, one probe after the other. */
function watchStarts(...starts: (string | Error)[]): ServiceWatch {
  const postgres = {
    name: 'PostgreSQL',
    probe: async () => {
      const start = starts.shift();
      if (start instanceof Error) throw start;
      return start;
    },
    incident: () => (starts.length < 1 ? 'ended unexpectedly (signal SIGKILL)' : undefined),
  };
  const redis = { name: 'Redis', probe: () => Promise.reject(new Error('nobody needs it')) };
  return new ServiceWatch({ watched: { postgres, redis }, redis: createRedisClient({}), slots: [] }, [
    'postgres',
  ]);
}

test('services that are as they were are not complained of, whatever else has failed', async () => {
  const watch = watchStarts('monday', 'monday', 'monday');
  await watch.begin();
  await watch.check();
  await watch.check(new Error('After aabb no attempt can go on.'));
  await watch.end();
});

test('a service that was started again is named, with what is known of it', async () => {
  const watch = watchStarts('monday', 'tuesday');
  await watch.begin();
  await expect(watch.check(new Error('ab is not a schedule of this plan.'))).rejects.toThrow(
    'PostgreSQL was started again during the exploration. PostgreSQL ended unexpectedly (signal SIGKILL).',
  );
});

test('so is one that does not answer, before or after', async () => {
  const away = new Error('no answer within 30 ms');
  await expect(watchStarts(away, away, away).begin()).rejects.toThrow(
    'PostgreSQL was lost before the exploration: no answer within 30 ms. PostgreSQL ended unexpectedly (signal SIGKILL).',
  );
  const watch = watchStarts(away, 'monday', away, away, away);
  await watch.begin();
  await expect(watch.check()).rejects.toThrow(
    'PostgreSQL was lost during the exploration: no answer within 30 ms.',
  );
});

test('a lost connection of the explorer itself is no failure of the strategy', async () => {
  const watch = watchStarts('monday', 'monday');
  await watch.begin();
  const failure = Object.assign(new Error('terminating connection'), { code: '57P01' });
  await expect(watch.check(failure)).rejects.toThrow(
    'PostgreSQL was lost during the exploration: PostgreSQL closed the connection.',
  );
});
