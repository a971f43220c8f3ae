import { expect, test } from 'vitest';
import type { Strategy } from '@/model/strategy';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import { LaneRecorder } from '@/recording/lane-recorder';
import type { RegisteredStrategy } from '@/scenarios/registry';
import type { RaceRecord } from '@/store/race-rows';
import { advance } from '../../../tests/fixtures/lanes/lane-view';
import { ActiveRace } from './active-race';
import { RaceAbortedError, runRace } from './race';
import type { RaceDeps } from './race';

const STRATEGY: RegisteredStrategy = {
  ...({ name: 'Any', expected: 'safe', stores: ['postgres'], steps: {} } as unknown as Strategy),
  id: 'any',
  stepNames: [],
  stepKinds: [],
  source: '',
};
const STORE = { append: () => Promise.resolve(), read: () => Promise.resolve([]) };
const nobody = { state: () => undefined, appended: () => undefined, lane: () => undefined };

/** A race whose first lane runs when `happen` comes and something fails. */
async function endBy(happen: (race: ActiveRace) => void) {
  const plan = { ...PLAN_DEFAULTS, strategies: ['any'], attempts: 10, seed: 1 };
  const lanes = [0, 1].map((i) => new LaneRecorder('race', i, STRATEGY, `item ${i}`, plan, STORE));
  const race = new ActiveRace({ id: 'race', status: 'queued', plan } as RaceRecord, lanes, nobody);
  const save = async () => {
    if (lanes[0]) advance(lanes[0], 'running');
    happen(race);
    throw new Error('boom');
  };
  const there = { name: 'PostgreSQL', probe: async () => undefined };
  const openConnections = () => Promise.resolve();
  await runRace(race, {
    save,
    openConnections,
    watched: { postgres: there, redis: there },
  } as unknown as RaceDeps);
  const { status, reason } = race.head;
  return { status, reason, lanes: lanes.map((lane) => lane.view().verdict.reason) };
}

test('a race that failed says so, and so do its lanes', async () => {
  expect(await endBy(() => undefined)).toEqual({
    status: 'failed',
    reason: 'Boom.',
    lanes: ['Not judged: the race failed.', 'Not run: the race failed before.'],
  });
});

test('a race that was stopped by request did not fail, whatever went wrong afterwards', async () => {
  expect(await endBy((race) => race.askToStop('drain'))).toEqual({
    status: 'aborted',
    reason: 'Stopped by request after 0 of 20 attempts. Boom.',
    lanes: ['Not judged: the race was stopped.', 'Not run: the race was stopped before.'],
  });
});

test('a race that is given up with the server was stopped as well', async () => {
  expect(await endBy((race) => race.abort(new RaceAbortedError('The server was shut down.')))).toEqual({
    status: 'aborted',
    reason: 'The server was shut down.',
    lanes: ['Not judged: the race was stopped.', 'Not run: the race was stopped before.'],
  });
});
