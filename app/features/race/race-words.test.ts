import { expect, it } from 'vitest';
import { noOutcomes } from '@/model/outcome';
import type { RaceView } from '@/model/race';
import { PLAN_DEFAULTS, type LoadPlan } from '@/plan/load-plan';
import { laneView } from '../../../tests/fixtures/lanes/lane-view';
import { describeAmount, describeRace, nameRace, summariseRace } from './race-words';

const planOf = (plan: Partial<LoadPlan>) => ({ ...PLAN_DEFAULTS, strategies: [], seed: 1, ...plan });
const counts = { ...noOutcomes(), attempts: 1_000, accepted: 191 };
const broken = laneView({
  status: 'finished',
  counts,
  orders: { count: 191, quantity: 191 },
  oversold: 91,
  verdict: {
    status: 'violated',
    reason: '191 units were sold of 100.',
    findings: [{ kind: 'oversold', count: 91, message: '', evidence: [], pieces: 0 }],
  },
});
const exact = laneView({
  index: 1,
  strategy: 'conditional-update',
  strategyName: 'Conditional update',
  expected: 'safe',
  status: 'finished',
  counts: { ...counts, accepted: 100 },
  orders: { count: 100, quantity: 100 },
  verdict: { status: 'ok', reason: 'Sold exactly 100 of 100 units.', findings: [] },
});
const race = { status: 'finished', lanes: [broken, exact] } as RaceView;

it('names a race by its verdicts', () => {
  expect(nameRace(race)).toBe('read-then-write OVERSOLD +91 vs conditional-update EXACT');
});

it('describes it by them too, with their reasons, once it is over', () => {
  expect(describeRace(race)).toBe(
    'Read, then write: OVERSOLD +91. 191 units were sold of 100. Conditional update: EXACT. Sold exactly 100 of 100 units.',
  );
  expect(describeRace({ ...race, status: 'running' })).toMatch(/under way/);
});

it('sums it up for people who hear it, without gaps where there is no figure', () => {
  expect(summariseRace(race)).toBe(
    'Race finished. Read, then write: 1,000 attempts, oversold +91. Conditional update: 1,000 attempts, exact.',
  );
  const selling = laneView({ status: 'running', counts: { ...counts, attempts: 12, accepted: 12 } });
  expect(summariseRace({ ...race, status: 'running', lanes: [selling] })).toBe(
    'Race running. Read, then write: 12 attempts, selling so far.',
  );
});

it('says for what time a plan by time ran, and not the most attempts that it may make', () => {
  expect(describeAmount({ ...race, plan: planOf({ durationS: 2.5, attempts: 1_000_000 }) })).toBe(
    'for 2.5 s',
  );
});

it('says how many attempts were planned, and how many ran where that is less', () => {
  expect(describeAmount({ ...race, plan: planOf({ attempts: 1_000 }) })).toBe('1,000 attempts');
  expect(describeAmount({ ...race, plan: planOf({ attempts: 4_000 }) })).toBe(
    '2,000 of 8,000 attempts in all',
  );
  const running = { ...race, status: 'running' as const, plan: planOf({ attempts: 4_000 }) };
  expect(describeAmount(running)).toBe('4,000 attempts');
});
