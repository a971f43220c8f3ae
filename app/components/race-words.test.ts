import { expect, it } from 'vitest';
import { noOutcomes } from '~/lab/outcome';
import type { RaceView } from '~/lab/race';
import { laneView } from '../../tests/fixtures/lane-view';
import { describeRace, nameRace, summariseRace } from './race-words';

const counts = { ...noOutcomes(), attempts: 1_000, accepted: 191 };
const broken = laneView({
  status: 'finished',
  counts,
  orders: { count: 191, quantity: 191 },
  oversold: 91,
  verdict: { status: 'violated', reason: '191 units were sold of 100.', findings: [] },
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
