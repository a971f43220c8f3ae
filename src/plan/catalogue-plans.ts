import type { ExplorationPlan } from '@/model/exploration';
import type { StepKind } from '@/model/step-kind';
import type { StrategyInfo } from '@/model/strategy';

export const PLAN_DEFAULTS: Omit<ExplorationPlan, 'strategy'> = {
  quantities: [1, 1],
  stock: 1,
  items: 1,
  processes: 1,
  crash: false,
  leaseExpiry: false,
  reduction: true,
  maxSchedules: 20_000,
  preemptions: null,
  sample: null,
  maxRetries: 4,
  seed: 1,
};

/** A plan, and whether its exploration must find a schedule that breaks an invariant. */
export interface ExpectedExploration {
  name: string;
  plan: ExplorationPlan;
  expected: 'violated' | 'none-found';
}

type Described = Pick<StrategyInfo, 'id' | 'expected' | 'conditionHolds' | 'anomaly'> & {
  stepKinds: StepKind[];
};

/**
 * What an exploration of a strategy with two attempts has to find, according to its file: nothing if it is safe,
 * something if it is unsafe, and for a conditional one nothing while its condition holds and something when it is
 * broken. How to break a condition follows from the anomaly and the declared steps.
 */
export function planCatalogue(strategy: Described): ExpectedExploration[] {
  const { id, expected, conditionHolds, anomaly, stepKinds } = strategy;
  const plan = (change: Partial<ExplorationPlan> = {}) => ({ ...PLAN_DEFAULTS, strategy: id, ...change });
  const locksInRedis = stepKinds.includes('redis lock');
  const lastUnit = plan();
  const twoUnits = plan({ stock: 2 });
  const leases = [plan({ leaseExpiry: true }), plan({ stock: 2, leaseExpiry: true })];
  const name = (one: ExplorationPlan) => {
    const parts = [`${one.quantities.length} attempts, ${one.stock} in stock`];
    if (one.leaseExpiry) parts.push('leases run out');
    if (one.crash) parts.push('one may die');
    if (one.processes === 2) parts.push('a process each');
    return parts.join(', ');
  };
  const all = (plans: ExplorationPlan[], verdict: ExpectedExploration['expected']) =>
    plans.map((one): ExpectedExploration => ({ name: name(one), plan: one, expected: verdict }));

  if (expected === 'unsafe') {
    const breaking = anomaly === 'expired lease' ? (leases[0] ?? lastUnit) : lastUnit;
    return all([breaking], 'violated');
  }
  if (expected === 'safe') {
    return all([lastUnit, twoUnits, ...(locksInRedis ? leases : [])], 'none-found');
  }
  if (conditionHolds !== true) return all([lastUnit], 'violated');
  const broken: ExplorationPlan[] = [];
  if (anomaly === 'expired lease') broken.push(plan({ leaseExpiry: true }));
  if (anomaly === 'drift between stores') broken.push(plan({ crash: true }));
  if (stepKinds.includes('memory lock')) broken.push(plan({ processes: 2 }));
  return [...all([lastUnit, twoUnits], 'none-found'), ...all(broken, 'violated')];
}
