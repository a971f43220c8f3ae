import type { ExplorationPlan } from '@/model/exploration';
import { PLAN_DEFAULTS } from '@/plan/catalogue-plans';
import { formatCount, plural } from '~/ui/format';

/** An exploration's plan in one line: who buys what, what may happen, and its bounds. */
export function describePlan(plan: ExplorationPlan): string {
  const { quantities, stock, items, processes, crash, leaseExpiry, preemptions, sample } = plan;
  const isWhole = preemptions === null && sample === null;
  const parts = [
    describeAttempts(quantities),
    items === 1
      ? `${formatCount(stock)} in stock`
      : `${items} items with ${formatCount(stock)} in stock each`,
    processes === 2 && 'a process each',
    crash && 'one may die',
    leaseExpiry && 'leases may run out',
    isWhole && !plan.reduction && 'without reduction',
    preemptions !== null && `${plural(preemptions, 'preemption')} at most`,
    sample !== null && `a sample of ${formatCount(sample)}`,
    (sample !== null || plan.seed !== PLAN_DEFAULTS.seed) && `seed ${plan.seed}`,
    plan.maxRetries !== PLAN_DEFAULTS.maxRetries && `${plural(plan.maxRetries, 'retry', 'retries')} at most`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}

function describeAttempts(quantities: readonly number[]): string {
  const [first = 1] = quantities;
  if (quantities.every((quantity) => quantity === first))
    return `${quantities.length} attempts, ${plural(first, 'unit')} each`;
  const units = new Intl.ListFormat('en').format(quantities.map(String));
  return `${quantities.length} attempts of ${units} units`;
}
