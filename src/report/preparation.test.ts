import { expect, it } from 'vitest';
import type { LaneStatus, RaceStatus, RaceView } from '@/model/race';
import { laneView } from '../../tests/fixtures/lane-view';
import { describeLane } from './verdict-words';
import { measurePreparation, queueOf } from './preparation';

function race(status: RaceStatus, ...lanes: LaneStatus[]): RaceView {
  return { status, lanes: lanes.map((lane, index) => laneView({ index, status: lane })) } as RaceView;
}

const words = (one: RaceView) => one.lanes.map((lane) => describeLane(lane, queueOf(one, lane)).word);

it('counts the lane that is prepared now', () => {
  expect(measurePreparation(race('preparing', 'pending', 'preparing', 'pending'))).toEqual({
    lane: 2,
    lanes: 3,
  });
  expect(measurePreparation(race('preparing', 'pending', 'pending'))).toBeNull();
  expect(measurePreparation(race('running', 'preparing', 'pending'))).toBeNull();
});

it('knows what each lane waits for, and never takes back that one is prepared', () => {
  expect(words(race('queued', 'pending', 'pending'))).toEqual(['WAITING', 'WAITING']);
  expect(words(race('preparing', 'pending', 'pending'))).toEqual(['WAITING', 'WAITING']);
  expect(words(race('preparing', 'pending', 'preparing', 'pending'))).toEqual([
    'READY',
    'PREPARING',
    'WAITING',
  ]);
  // word of two lanes at once: the one further on is prepared now
  expect(words(race('preparing', 'preparing', 'preparing'))).toEqual(['READY', 'PREPARING']);
  expect(words(race('running', 'preparing', 'pending'))).toEqual(['PREPARING', 'READY']);
  expect(words(race('stopping', 'running', 'pending'))).toEqual(['SELLING', 'READY']);
});

it('tells a lane that waits for other work from one that waits to be prepared', () => {
  const says = (one: RaceView) => one.lanes.map((lane) => describeLane(lane, queueOf(one, lane)).reason);
  expect(says(race('queued', 'pending'))).toEqual(['Waiting for the run before it.']);
  expect(says(race('preparing', 'pending'))).toEqual(['Waiting to be prepared.']);
});
