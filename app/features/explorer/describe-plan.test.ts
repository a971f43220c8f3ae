import { describe, expect, it } from 'vitest';
import { PLAN_DEFAULTS } from '@/plan/catalogue-plans';
import { describePlan } from './describe-plan';

const plan = { ...PLAN_DEFAULTS, strategy: 'process-mutex' };

describe('a plan in words', () => {
  it('says who buys what, and nothing of what was left as it is', () => {
    expect(describePlan(plan)).toBe('2 attempts, 1 unit each, 1 in stock');
    expect(describePlan({ ...plan, quantities: [1, 2, 1] })).toBe(
      '3 attempts of 1, 2, and 1 units, 1 in stock',
    );
  });

  it('names items, processes and what may happen', () => {
    expect(describePlan({ ...plan, items: 2, stock: 3, processes: 2, crash: true, leaseExpiry: true })).toBe(
      '2 attempts, 1 unit each, 2 items with 3 in stock each, a process each, one may die, leases may run out',
    );
  });

  it('names every bound, and the seed of a sample', () => {
    expect(describePlan({ ...plan, reduction: false, maxRetries: 1 })).toBe(
      '2 attempts, 1 unit each, 1 in stock, without reduction, 1 retry at most',
    );
    expect(describePlan({ ...plan, reduction: false, preemptions: 2, sample: 50 })).toBe(
      '2 attempts, 1 unit each, 1 in stock, 2 preemptions at most, a sample of 50, seed 1',
    );
  });
});
