import { expect } from 'vitest';
import { readHonesty, withPage } from '../fixtures/server/browser';
import { watchMemory } from '../fixtures/server/memory';
import { serverTest as test } from '../fixtures/server/server-test';
import { countLog } from '../fixtures/lanes/whole-log';
import { share } from './share';

const ATTEMPTS = share(1_000_000);
/** What server, load thread and audit thread may grow by together, MiB. */
const BOUND_MIB = 200;
const PLAN = {
  strategies: ['conditional-update'],
  model: 'closed',
  stock: 1_000,
  concurrency: 64,
  thinkMs: 0,
};

test(`a race of ${ATTEMPTS} attempts: flat memory, a complete log, and the right verdict`, async ({
  api,
}) => {
  await api.race({ ...PLAN, attempts: 2_000 });
  const endWatch = watchMemory(api.server.process.pid ?? 0);
  const race = await api.race({ ...PLAN, attempts: ATTEMPTS });
  const { start, growth } = endWatch();
  console.log(`from ${start.toFixed(0)} MiB by ${growth.toFixed(0)} at most`);

  const [lane] = race.lanes;
  expect(race).toMatchObject({ status: 'finished', reason: null });
  expect(lane?.honesty).toEqual({ generated: ATTEMPTS, recorded: ATTEMPTS, stored: ATTEMPTS });
  expect(lane).toMatchObject({ verdict: { status: 'ok' }, orders: { quantity: 1_000 }, stock: { final: 0 } });
  expect(growth).toBeLessThan(BOUND_MIB);
  expect(await countLog(api, race.id, ATTEMPTS)).toBe(ATTEMPTS);
  await withPage(async (page) => {
    await page.goto(`${api.url}/races/${race.id}`);
    const all = { generated: ATTEMPTS, recorded: ATTEMPTS, stored: ATTEMPTS };
    await expect
      .poll(() => readHonesty(page), { timeout: 120_000 })
      .toEqual({ ...all, streamed: ATTEMPTS, shown: ATTEMPTS });
  });
}, 3_600_000);
