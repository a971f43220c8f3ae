import { expect } from 'vitest';
import { databaseTest as test } from '../fixtures/database/database';
import { readLiveHeap, tellingHeap } from '../fixtures/server/live-heap';
import { startTestServer } from '../fixtures/server/server';
import { callApi, serverEnv } from '../fixtures/server/server-test';
import { share } from './share';

const BOUND_MIB = 15;
const SMALL = { model: 'burst', stock: 5, attempts: 20, concurrency: 20 };

test('the live heap after many races of two lanes and of thirty is that after the first of each', async ({
  database,
  onTestFinished,
}) => {
  const server = await startTestServer({ ...serverEnv(database.url), ...tellingHeap() });
  onTestFinished(async () => void (await server.stop()));
  const api = callApi(server);
  const all = (await (await api.get('/api/strategies')).json()) as { id: string }[];

  /** Races so often, and answers the live heap after the first and after the last. */
  const measure = async (races: number, ids: string[]): Promise<{ first: number; last: number }> => {
    let first = Number.NaN;
    for (let n = 1; n <= races; n += 1) {
      expect(await api.race({ strategies: ids, ...SMALL })).toMatchObject({ status: 'finished' });
      if (n === 1) first = await readLiveHeap(server);
    }
    const last = await readLiveHeap(server);
    console.log(`${races} races of ${ids.length}: ${first.toFixed(1)} -> ${last.toFixed(1)} MiB`);
    return { first, last };
  };
  const two = await measure(share(100), ['read-then-write', 'conditional-update']);
  const thirty = await measure(
    share(5),
    all.slice(0, 30).map(({ id }) => id),
  );

  expect(two.last - two.first).toBeLessThan(BOUND_MIB);
  expect(thirty.last - thirty.first).toBeLessThan(BOUND_MIB);
});
