import { expect, test } from 'vitest';
import type { RaceRecord } from '@/store/race-rows';
import { ActiveRace } from './active-race';

/** A race that runs, with a load that tells what it was told. */
function start(): { race: ActiveRace; told: string[] } {
  const nobody = { state: () => undefined, appended: () => undefined, lane: () => undefined };
  const race = new ActiveRace({ id: 'race', status: 'running' } as RaceRecord, [], nobody);
  const told: string[] = [];
  race.track({ stop: () => void told.push('stop'), kill: () => void told.push('kill') });
  return { race, told };
}

test('the first to ask for the next kind of stop drains, and the second kills', () => {
  const { race, told } = start();
  race.askToStop('next');
  expect([race.head.status, ...told]).toEqual(['stopping', 'stop']);
  race.askToStop('next');
  expect(told).toEqual(['stop', 'kill']);
});

test('a stop by the server is nobody’s first', () => {
  const { race, told } = start();
  race.stop('as the event log cannot keep up');
  race.askToStop('next');
  expect(told).toEqual(['stop']);
  expect(race.stopped).toBe('as the event log cannot keep up');
  race.askToStop('next');
  expect(told).toEqual(['stop', 'kill']);
});

test('asking to drain again changes nothing, and a kill is a kill at once', () => {
  const { race, told } = start();
  race.askToStop('drain');
  race.askToStop('drain');
  expect(told).toEqual(['stop']);
  const other = start();
  other.race.askToStop('kill');
  expect(other.told).toEqual(['stop', 'kill']);
});
