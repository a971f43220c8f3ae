import { z } from 'zod';
import { refuse } from '@/lib/lab-error';
import type { Refusal } from '@/lib/lab-error';
import type { ExplorationPlan } from '@/model/exploration';
import { PLAN_DEFAULTS } from '@/plan/catalogue-plans';
import { MAX_SCHEDULES, MAX_SEED } from '@/plan/exploration-limits';
import { wholeNumber } from '@/plan/input-messages';
import { toIssues } from '@/plan/input-schemas';
import type { RegisteredStrategy } from '@/scenarios/registry';

/** Body of `POST /api/explorations`. */
export const explorationRequest = z
  .strictObject({
    strategy: z.string().min(1).max(100),
    attempts: wholeNumber(2, 3).default(2),
    quantities: z.array(wholeNumber(1, 100)).min(2).max(3).optional().meta({
      description: 'Units that each attempt wants, one entry an attempt; one unit each when absent',
    }),
    stock: wholeNumber(0, 1_000).default(PLAN_DEFAULTS.stock),
    items: wholeNumber(1, 3)
      .default(PLAN_DEFAULTS.items)
      .meta({ description: 'Items that the attempts are spread over; 1: all buy the same' }),
    processes: wholeNumber(1, 2)
      .default(PLAN_DEFAULTS.processes)
      .meta({ description: '2: each attempt has the memory of a process of its own' }),
    crash: z
      .boolean()
      .default(PLAN_DEFAULTS.crash)
      .meta({ description: 'One attempt may die before any of its steps, or while it waits for a lock' }),
    leaseExpiry: z
      .boolean()
      .default(PLAN_DEFAULTS.leaseExpiry)
      .meta({ description: 'The lease of a Redis lock may run out while it is held, once a schedule' }),
    reduction: z.boolean().default(PLAN_DEFAULTS.reduction).meta({
      description: 'Schedules that only swap steps which cannot affect each other are run once',
    }),
    maxSchedules: wholeNumber(1, MAX_SCHEDULES).default(PLAN_DEFAULTS.maxSchedules),
    preemptions: wholeNumber(0, 20)
      .nullable()
      .default(PLAN_DEFAULTS.preemptions)
      .meta({ description: 'Times at most that a schedule turns from an attempt that could go on' }),
    sample: wholeNumber(1, MAX_SCHEDULES)
      .nullable()
      .default(PLAN_DEFAULTS.sample)
      .meta({ description: 'That many schedules drawn at random instead of all' }),
    maxRetries: wholeNumber(0, 10).default(PLAN_DEFAULTS.maxRetries),
    seed: wholeNumber(0, MAX_SEED).default(PLAN_DEFAULTS.seed),
  })
  .refine(({ attempts, quantities }) => quantities === undefined || quantities.length === attempts, {
    path: ['quantities'],
    message: 'must have one entry for each attempt',
  })
  .refine(({ attempts, items }) => items <= attempts, {
    path: ['items'],
    message: 'must not be more than the attempts',
  })
  .refine(({ sample, maxSchedules }) => sample === null || sample <= maxSchedules, {
    path: ['sample'],
    message: 'must not be more than the schedules at most',
  })
  .meta({ id: 'ExplorationRequest' });

/** Reads what is asked for into a plan, or says what is wrong with it. */
export function parsePlan(
  input: unknown,
  strategies: ReadonlyMap<string, RegisteredStrategy>,
): { ok: true; plan: ExplorationPlan } | Refusal {
  const parsed = explorationRequest.safeParse(input);
  if (!parsed.success)
    return refuse('invalid', 'bad-exploration', 'This cannot be explored as asked.', toIssues(parsed.error));
  const { attempts, quantities, processes, ...plan } = parsed.data;
  if (!strategies.has(plan.strategy)) {
    const known = [...strategies.keys()].join(', ');
    const message = `There is no strategy ${plan.strategy}.`;
    return refuse('invalid', 'unknown-strategy', message, [
      { path: 'strategy', message: `is not one of ${known}` },
    ]);
  }
  return {
    ok: true,
    plan: {
      ...plan,
      quantities: quantities ?? Array.from({ length: attempts }, () => 1),
      processes: processes === 2 ? 2 : 1,
    },
  };
}
