import { expect, test } from 'vitest';
import type { ExperimentView } from '@/model/experiment';
import { experimentWithUrls, raceWithUrls } from './with-urls';

test('a race has its address, and that of the experiment whose trial it is', () => {
  const experiment = { id: 'e1', trial: 2, trials: 3 };
  expect(raceWithUrls({ id: 'r1', experiment: null })).toEqual({
    id: 'r1',
    url: '/races/r1',
    experiment: null,
  });
  expect(raceWithUrls({ id: 'r2', experiment })).toEqual({
    id: 'r2',
    url: '/races/r2',
    experiment: { ...experiment, url: '/experiments/e1' },
  });
});

test('an experiment has its address, and that of each trial wherever one is named', () => {
  const trial = (number: number) => ({ raceId: `r${number}`, trial: number });
  const told = (number: number) => ({ ...trial(number), url: `/races/r${number}` });
  const experiment = {
    id: 'e1',
    current: { id: 'r3', trial: 3 },
    strategies: [
      { lane: 0, trials: [trial(1), trial(2)], firstViolation: trial(2), worst: trial(1) },
      { lane: 1, trials: [], firstViolation: null, worst: null },
    ],
    bisection: { smallest: 2, levels: [{ concurrency: 2, trials: [trial(1)] }] },
  };
  expect(experimentWithUrls(experiment as unknown as ExperimentView)).toEqual({
    id: 'e1',
    url: '/experiments/e1',
    current: { id: 'r3', url: '/races/r3', trial: 3 },
    strategies: [
      { lane: 0, trials: [told(1), told(2)], firstViolation: told(2), worst: told(1) },
      { lane: 1, trials: [], firstViolation: null, worst: null },
    ],
    bisection: { smallest: 2, levels: [{ concurrency: 2, trials: [told(1)] }] },
  });
});
