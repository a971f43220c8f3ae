import { describe, expect, it } from 'vitest';
import type { LaneView } from '@/model/race';
import { distributionRows, endOfLane, outcomeRows, shareScales, stockRows } from './chart-model';

/** As much of a lane as charts depend on: `accepted` attempts per bucket of `bucketMs`, one unit each. */
function lane(accepted: number[], change: Partial<LaneView> = {}, bucketMs = 100): LaneView {
  const zeros = accepted.map(() => 0);
  let total = 0;
  return {
    stock: { initial: 100, final: null },
    durationMs: accepted.length * bucketMs,
    distribution: { edgesMs: [], counts: [] },
    series: {
      bucketMs,
      length: accepted.length,
      accepted,
      ...{
        soldOut: zeros,
        conflict: zeros,
        error: zeros,
        indeterminate: zeros,
        p50: zeros,
        p95: zeros,
        p99: zeros,
      },
      stock: accepted.map(() => 100),
      sold: accepted.map((count) => (total += count)),
    },
    ...change,
  } as LaneView;
}

describe('shareScales', () => {
  it('makes room for what was sold beyond the stock, in every lane', () => {
    const { units, time } = shareScales([lane([400, 500]), lane([100])], true);
    expect(units.domain).toEqual([0, 1000]);
    expect(time.domain).toEqual([0, 0.2]);
  });

  it('reaches below zero when stock does', () => {
    const below = lane([1]);
    below.series.stock = [-40];
    expect(shareScales([below], true).units.domain[0]).toBeLessThanOrEqual(-40);
  });

  it('joins the buckets that lanes use into one axis', () => {
    const one = lane([1], { distribution: { edgesMs: [1, 2, 4], counts: [5, 6] } });
    const other = lane([1], { distribution: { edgesMs: [4, 8], counts: [7] } });
    const { edges } = shareScales([one, other], true);
    expect(edges).toEqual([1, 2, 4, 8]);
    expect(distributionRows(other, edges).map(({ count }) => count)).toEqual([0, 0, 7]);
    expect(distributionRows(one, edges).map(({ count }) => count)).toEqual([5, 6, 0]);
  });
});

describe('stockRows', () => {
  it('starts with the full stock and nothing sold, and puts the state at the end of each bucket', () => {
    expect(stockRows(lane([10, 20]))).toEqual([
      { t: 0, stock: 100, sold: 0, left: 100 },
      { t: 0.1, stock: 100, sold: 10, left: 90 },
      { t: 0.2, stock: 100, sold: 30, left: 70 },
    ]);
  });

  it('has nothing left to sell once all is sold, however much is sold after that', () => {
    expect(stockRows(lane([60, 60, 60])).map(({ left }) => left)).toEqual([100, 40, 0, 0]);
  });

  it('shows stock as last seen between two samples', () => {
    const sampled = lane([1, 1, 1]);
    sampled.series.stock = [null, 60, null];
    expect(stockRows(sampled).map(({ stock }) => stock)).toEqual([100, 100, 60, 60]);
  });

  it('claims nothing about stock that was never sampled', () => {
    const blind = lane([1]);
    blind.series.stock = [null];
    expect(stockRows(blind).at(-1)?.stock).toBeNull();
  });

  it('has no row for a lane that has not started', () => {
    expect(stockRows(lane([]))).toEqual([]);
  });
});

describe('outcomeRows', () => {
  it('gives rates per second, and closes the last step', () => {
    expect(outcomeRows(lane([10, 20])).map(({ t, accepted }) => [t, accepted])).toEqual([
      [0, 100],
      [0.1, 200],
      [0.2, 200],
    ]);
  });

  it('counts an unfinished last bucket by the time that has passed', () => {
    expect(outcomeRows(lane([10, 15], { durationMs: 175 }))[1]?.accepted).toBeCloseTo(200);
  });

  it('puts narrow buckets together without losing an attempt', () => {
    const rows = outcomeRows(
      lane(
        Array.from({ length: 300 }, () => 1),
        {},
        25,
      ),
    ).slice(0, -1);
    expect(rows).toHaveLength(60);
    expect(rows.reduce((sum, row) => sum + (row.accepted ?? 0) * 0.125, 0)).toBeCloseTo(300);
  });
});

describe('endOfLane', () => {
  const axis = { domain: [0, 10] as [number, number], ticks: [] };
  const lasting = (seconds: number, change: Partial<LaneView> = { status: 'finished' }) =>
    lane(
      Array.from({ length: seconds * 10 }, () => 1),
      change,
    );

  it('says where a lane was over that others outlasted, in as many words as there is room for', () => {
    expect(endOfLane(lasting(5), axis)).toEqual({ at: 5, label: 'over at 5\u00a0s' });
    expect(endOfLane(lasting(8), axis)).toEqual({ at: 8, label: 'over' });
  });

  it('says nothing of a lane that lasted as long as the axis, that goes on, or that never began', () => {
    expect(endOfLane(lasting(9), axis)).toBeNull();
    expect(endOfLane(lasting(5, { status: 'running' }), axis)).toBeNull();
    expect(endOfLane(lasting(0, { status: 'cancelled' }), axis)).toBeNull();
  });
});
