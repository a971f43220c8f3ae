import type { LoadPlan } from './load-plan';

/** A load plan to start from. */
export interface PlanPreset {
  id: string;
  title: string;
  /** What the preset shows, in a sentence. */
  shows: string;
  /** Roughly how long it takes on a machine with two cores, once PostgreSQL and Redis are warm. */
  takes: string;
  /** The changes to the dashboard's own plan; `all` races the whole catalogue. */
  plan: Omit<Partial<LoadPlan>, 'strategies' | 'seed'> & { strategies: readonly string[] | 'all' };
}

/** The times are for two idle cores, warm-up included; a busy machine takes a multiple of them. */
export const PLAN_PRESETS: readonly PlanPreset[] = [
  {
    id: 'everybody-at-once',
    title: '100 units, 1,000 buyers',
    shows:
      'A thousand buyers come in four crowds, each released at once: the unguarded purchase oversells by far.',
    takes: 'about 10 s',
    plan: {
      strategies: ['read-then-write', 'conditional-update'],
      model: 'burst',
      stock: 100,
      attempts: 1_000,
      concurrency: 250,
      timeoutMs: 30_000,
    },
  },
  {
    id: 'flash-sale',
    title: 'Flash sale',
    shows:
      'Demand rises to 150 attempts a second and does not wait for answers: who queues, and who oversells.',
    takes: 'about 40 s',
    plan: {
      strategies: ['read-then-write', 'select-for-update', 'conditional-update'],
      model: 'open',
      rate: 150,
      rampS: 4,
      durationS: 8,
      stock: 100,
      concurrency: 200,
    },
  },
  {
    id: 'slow-check',
    title: 'Slow check',
    shows:
      'Half a second passes between reading and writing, as with a payment call: few buyers are enough to oversell.',
    takes: 'about 15 s',
    plan: {
      strategies: ['check-then-decrement', 'optimistic-version', 'conditional-update'],
      stock: 20,
      attempts: 100,
      concurrency: 20,
      thinkMs: 500,
    },
  },
  {
    id: 'two-servers',
    title: 'Two servers',
    shows:
      'A mutex in memory guards one process: with a second server it oversells, and a guard in the store does not.',
    takes: 'about 20 s',
    plan: {
      strategies: ['process-mutex', 'conditional-update'],
      processes: 2,
      stock: 100,
      attempts: 400,
      concurrency: 40,
    },
  },
  {
    id: 'everything',
    title: 'Everything at once',
    shows: 'Every strategy of the catalogue under the same small load, side by side as small multiples.',
    takes: 'about 2 min',
    plan: { strategies: 'all', stock: 50, attempts: 200, concurrency: 50 },
  },
];
