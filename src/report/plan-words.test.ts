import { describe, expect, it } from 'vitest';
import { PLAN_DEFAULTS, type LoadPlan } from '@/plan/load-plan';
import { describePlan } from './plan-words';

const plan: LoadPlan = { ...PLAN_DEFAULTS, strategies: ['read-then-write'], seed: 7 };

describe('describePlan', () => {
  it('says a plain plan in a few words each', () => {
    expect(describePlan(plan, 20)).toEqual([
      '100 units',
      '1,000 attempts a lane',
      '100 buyers at once',
      '10 ms think time',
      'lanes one after the other',
      'pool of 20 connections',
      'seed 7',
    ]);
  });

  it('says who serves the purchases where it is not this server over HTTP', () => {
    expect(describePlan({ ...plan, processes: 2 })).toContain('2 server processes');
    const direct = 'purchases in the server process, without HTTP';
    expect(describePlan({ ...plan, target: 'direct' })).toContain(direct);
    expect(describePlan(plan).join()).not.toMatch(/process|HTTP/);
  });

  it('says the load of each model', () => {
    expect(describePlan({ ...plan, model: 'burst', sync: 'last-byte' })).toContain(
      'bursts of 100, last bytes together',
    );
    const open: LoadPlan = {
      ...plan,
      model: 'open',
      rate: 2.5,
      durationS: 3,
      rampS: 1,
      quantity: 2,
      control: true,
    };
    expect(describePlan(open)).toEqual([
      '100 units',
      '3 s a lane',
      '2.5 attempts a second (Poisson), 100 in flight at most',
      'ramp of 1 s',
      '2 units each',
      '10 ms think time',
      'lanes one after the other',
      'with a control',
      'seed 7',
    ]);
  });
});
