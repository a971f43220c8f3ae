import { expect, test, vi } from 'vitest';
import type { ExperimentHead } from '@/model/experiment';
import type { RaceView } from '@/model/race';
import scenario from '@/scenarios/inventory/scenario';
import { loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import type { ExperimentStore } from '@/store/experiment-store';
import { SHUTTING_DOWN } from '../jobs';
import { StoredReads } from '../stored-reads';
import type { ReadStores } from '../stored-reads';
import { ExperimentJobs } from './experiment-jobs';
import type { ExperimentJobsDeps } from './experiment-jobs';

type Races = ExperimentJobsDeps['races'];

/** Takes no trial, and knows of none. */
const IDLE: Races = {
  refuseUnserved: async () => undefined,
  startTrial: async () => SHUTTING_DOWN,
  waitFor: async () => null,
  peek: () => undefined,
  stop: async () => ({ ok: true }),
  clearStores: async () => undefined,
};

/** Runs an experiment with races that do this to its first trial, and answers why it failed. */
async function reasonOf(races: Partial<Races>): Promise<string | null | undefined> {
  const saved = new Map<string, ExperimentHead>();
  const experiments: Partial<ExperimentStore> = {
    save: async (head) => void saved.set(head.id, structuredClone(head)),
    get: async (id) => saved.get(id) ?? null,
    readTrials: async () => [],
  };
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const experimentJobs = new ExperimentJobs({
    races: { ...IDLE, ...races },
    experiments: experiments as ExperimentStore,
    reads: new StoredReads({ experiments } as ReadStores, log),
    scenario,
    strategies: await loadStrategies(strategyFolder),
    batches: {} as ExperimentJobsDeps['batches'],
    owner: { key: 0 },
    log,
    onChange: () => undefined,
  });
  const race = { strategies: ['conditional-update'], stock: 1, attempts: 2, concurrency: 2 };
  const started = await experimentJobs.start({ kind: 'trials', trials: 2, race }, 'api');
  if (!started.ok) throw new Error(started.error.message);
  const { id } = started;
  await vi.waitUntil(async () => (await experimentJobs.get(id))?.finishedAt !== null);
  const view = await experimentJobs.get(id);
  expect(view?.status).toBe('failed');
  return view?.reason;
}

test('what PostgreSQL answered stays in the log, and a person reads what it means', async () => {
  const error = Object.assign(new Error('key (sku)=(race.k7w2m9qd4x.0) exists'), { code: '57P02' });
  expect(await reasonOf({ startTrial: () => Promise.reject(error) })).toBe(
    'PostgreSQL crashed and recovers.',
  );
});

test('a trial that failed is named with its reason, or with the word that there is none', async () => {
  const failing = (reason: string | null): Partial<Races> => ({
    startTrial: async () => ({ ok: true, id: 'k7w2m9qd4x' }),
    waitFor: async () => ({ status: 'failed', reason }) as RaceView,
  });
  expect(await reasonOf(failing('Redis was lost.'))).toBe('Trial 1 failed: Redis was lost.');
  expect(await reasonOf(failing(null))).toBe('Trial 1 failed: no reason is known.');
});
