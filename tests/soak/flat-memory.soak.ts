import { expect } from 'vitest';
import { watchMemory } from '../fixtures/server/memory';
import { serverTest as test } from '../fixtures/server/server-test';
import { countLog } from '../fixtures/lanes/whole-log';

const ATTEMPTS = 50_001;
/** Load thread and audit thread are some 60 of it. A server that keeps its garbage and its histories grows by 500. */
const BOUND_MIB = 200;
const PLAN = { strategies: ['conditional-update'], model: 'closed', stock: 500, concurrency: 64, thinkMs: 0 };

// one attempt more than is audited in the server's own thread
test('a long race leaves memory flat, its log complete and its evidence at hand', async ({ api }) => {
  await api.race({ ...PLAN, attempts: 2_000 });
  const endWatch = watchMemory(api.server.process.pid ?? 0);
  const race = await api.race({ ...PLAN, attempts: ATTEMPTS });
  const { growth } = endWatch();

  const [lane] = race.lanes;
  expect(race).toMatchObject({ status: 'finished', reason: null });
  expect(lane?.honesty).toEqual({ generated: ATTEMPTS, recorded: ATTEMPTS, stored: ATTEMPTS });
  expect(lane).toMatchObject({ verdict: { status: 'ok' }, orders: { quantity: 500 } });
  expect(growth).toBeLessThan(BOUND_MIB);
  expect(await countLog(api, race.id, ATTEMPTS)).toBe(ATTEMPTS);
  const evidence = await api.get(`/api/races/${race.id}/evidence?lane=0&kind=losses`);
  expect(await evidence.json()).toMatchObject({ total: 0, evidence: [] });
}, 300_000);
