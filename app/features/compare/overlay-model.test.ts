import { expect, it } from 'vitest';
import type { LaneView } from '@/model/race';
import { laneView } from '../../../tests/fixtures/lanes/lane-view';
import { overlayLatency, overlayThroughput } from './overlay-model';

function lane(edgesMs: number[], counts: number[], accepted: number[] = [], bucketMs = 500): LaneView {
  const zeros = accepted.map(() => 0);
  const series = {
    ...laneView().series,
    bucketMs,
    length: accepted.length,
    ...{ accepted, soldOut: zeros, conflict: zeros, error: zeros, indeterminate: zeros },
  };
  return laneView({ distribution: { edgesMs, counts }, series, durationMs: accepted.length * bucketMs });
}

it('lays latencies over each other as shares, so that lanes with more attempts are no higher', () => {
  const { model, columns } = overlayLatency(
    [lane([1, 2, 4], [1, 3]), null, lane([2, 4, 8], [200, 200])],
    'x',
  );
  expect(columns.map(({ key, name }) => [key, name])).toEqual([
    ['c0', 'A'],
    ['c2', 'C'],
  ]);
  expect(model.rows.map(({ from, to, c0, c1, c2 }) => [from, to, c0, c1, c2])).toEqual([
    [1, 2, 25, null, 0],
    [2, 4, 75, null, 50],
    [4, 8, 0, null, 50],
  ]);
  expect(model.y.domain).toEqual([0, 80]);
});

it('lays throughput over each other, each lane ending where it ended', () => {
  const { model } = overlayThroughput([lane([], [], [50, 100]), lane([], [], [10, 20], 1_000)], 'x');
  expect(model.rows.map(({ t, c0, c1 }) => [t, c0, c1])).toEqual([
    [0, 100, 10],
    [0.5, 200, 10],
    [1, 200, 20],
    [2, null, 20],
  ]);
});

it('has no line of a lane without attempts, and each line its own colour and dash', () => {
  expect(overlayLatency([lane([], []), lane([1, 2], [0])], 'x').columns).toEqual([]);
  const eight = Array.from({ length: 8 }, () => lane([1, 2], [5]));
  const { columns } = overlayLatency(eight, 'x');
  expect(new Set(columns.map(({ dash }) => dash)).size).toBe(8);
  expect(new Set(columns.map(({ color }) => color)).size).toBe(8);
});
