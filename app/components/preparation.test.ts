import { expect, it } from 'vitest';
import type { LaneStatus, RaceStatus, RaceView } from '~/lab/race';
import { laneView } from '../../tests/fixtures/lane-view';
import { isReady, measurePreparation } from './preparation';

function race(status: RaceStatus, ...lanes: LaneStatus[]): RaceView {
  return { status, lanes: lanes.map((lane, index) => laneView({ index, status: lane })) } as RaceView;
}

const ready = (one: RaceView) => one.lanes.map((lane) => isReady(one, lane));

it('counts the lane that is prepared now', () => {
  expect(measurePreparation(race('preparing', 'pending', 'preparing', 'pending'))).toEqual({
    lane: 2,
    lanes: 3,
  });
  expect(measurePreparation(race('preparing', 'pending', 'pending'))).toBeNull();
  expect(measurePreparation(race('running', 'preparing', 'pending'))).toBeNull();
});

it('calls lanes ready that have been prepared, until their turn comes, and never takes that back', () => {
  expect(ready(race('queued', 'pending', 'pending'))).toEqual([false, false]);
  expect(ready(race('preparing', 'pending', 'preparing', 'pending'))).toEqual([true, false, false]);
  // word of two lanes at once: the one further on is prepared now
  expect(ready(race('preparing', 'preparing', 'preparing'))).toEqual([true, false]);
  expect(ready(race('running', 'finished', 'running', 'pending'))).toEqual([false, false, true]);
  expect(ready(race('running', 'preparing', 'pending'))).toEqual([false, true]);
});
