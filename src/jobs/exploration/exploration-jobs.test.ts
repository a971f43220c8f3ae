import PQueue from 'p-queue';
import { expect, test, vi } from 'vitest';
import { ServiceLostError } from '@/explorer/backends/in-process/service-watch';
import type { Explorer } from '@/explorer/explore';
import type { ExplorationView } from '@/model/exploration';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { ExplorationStore } from '@/store/exploration-store';
import type { ReadStores } from '../stored-reads';
import { StoredReads } from '../stored-reads';
import { ExplorationJobs } from './exploration-jobs';

/** Explorations whose explorer fails with this error, when it has found something. */
function openJobs(error: Error): ExplorationJobs {
  const saved = new Map<string, ExplorationView>();
  const explorations: ExplorationStore = {
    save: async (view) => void saved.set(view.id, structuredClone(view)),
    get: async (id) => saved.get(id) ?? null,
    list: async () => [...saved.values()],
    delete: async (id) => void saved.delete(id),
    interruptOrphans: async () => [],
  };
  const explorer: Partial<Explorer> = {
    explore: (_plan, { progress } = {}) => {
      progress?.({ run: 42, open: 3, violated: 24 });
      return Promise.reject(error);
    },
    close: () => Promise.resolve(),
  };
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  return new ExplorationJobs({
    strategies: new Map([['any', {} as RegisteredStrategy]]),
    explorer: explorer as Explorer,
    store: explorations,
    reads: new StoredReads({ explorations } as ReadStores, log),
    turns: new PQueue({ concurrency: 1 }),
    owner: { key: 0 },
    log,
    onChange: () => undefined,
  });
}

async function endWith(error: Error): Promise<ExplorationView | null> {
  const explorationJobs = openJobs(error);
  const started = await explorationJobs.start({ strategy: 'any', attempts: 2, stock: 1 });
  if (!started.ok) throw new Error(started.error.message);
  const { id } = started;
  await vi.waitUntil(async () => (await explorationJobs.get(id))?.finishedAt !== null);
  const view = await explorationJobs.get(id);
  expect(view?.status).toBe('failed');
  return view;
}

async function reasonOf(error: Error): Promise<string | null> {
  return (await endWith(error))?.reason ?? null;
}

test('what PostgreSQL answered stays in the log, and a person reads what it means', async () => {
  const text = 'deadlock; key (sku)=(explored-zik0zj-k7w2m9qd.12.0) attempt explored-zik0zj-k7w2m9qd.r12.1';
  expect(await reasonOf(Object.assign(new Error(text), { code: '57P02' }))).toBe(
    'PostgreSQL crashed and recovers.',
  );
  expect(await reasonOf(Object.assign(new Error(text), { code: 'XX000' }))).toBe(
    'A statement of the lab failed (XX000).',
  );
});

test('what the explorer says itself is told as it is', async () => {
  expect(await reasonOf(new Error('After aabb no attempt can go on.'))).toBe(
    'After aabb no attempt can go on.',
  );
});

test('what was found until a service was lost counts for nothing', async () => {
  expect(await endWith(new ServiceLostError('Redis was emptied during the exploration.'))).toMatchObject({
    reason: 'Redis was emptied during the exploration.',
    progress: { run: 0, violated: 0 },
    result: null,
  });
  expect(await endWith(new Error('After aabb no attempt can go on.'))).toMatchObject({
    progress: { run: 42, violated: 24 },
  });
});
