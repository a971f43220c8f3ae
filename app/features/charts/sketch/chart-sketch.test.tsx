import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { LaneView } from '@/model/race';
import { laneView } from '../../../../tests/fixtures/lanes/lane-view';
import { DISTRIBUTION_KIND, LATENCY_KIND, OUTCOMES_KIND, STOCK_KIND, type ChartKind } from '../chart-kinds';
import { shareScales } from '../chart-model';
import { ChartSketch } from './chart-sketch';

const two = [10, 20];
const lane = laneView({
  status: 'finished',
  stock: { initial: 15, final: 0 },
  durationMs: 200,
  series: {
    bucketMs: 100,
    length: 2,
    ...{ accepted: two, soldOut: two, conflict: [0, 0], error: [0, 0], indeterminate: [0, 0] },
    ...{ p50: two, p95: two, p99: two, stock: two, sold: [10, 30] },
  },
  distribution: { edgesMs: [1, 2, 4, 8], counts: [5, 6, 7] },
});
/** Lasts twice as long. */
const other: LaneView = { ...lane, index: 1, series: { ...lane.series, bucketMs: 200 } };

function sketch(kind: ChartKind): string {
  const model = kind.model(lane, shareScales([lane, other], true));
  return renderToStaticMarkup(
    <ChartSketch kind={kind} model={model} columns={kind.columns(lane.expected)} />,
  );
}

const lineOf = (markup: string, key: string) =>
  new RegExp(`<path[^>]*data-column="${key}"[^>]*>`).exec(markup)?.[0] ?? '';

describe('ChartSketch', () => {
  it('draws each line as wide, faint and dashed as its legend says', () => {
    const latency = sketch(LATENCY_KIND);
    expect(lineOf(latency, 'p50')).toContain('stroke-width="2.25"');
    expect(lineOf(latency, 'p95')).toMatch(/stroke-dasharray="4 3" stroke-width="1.5"/);
    expect(lineOf(latency, 'p99')).toMatch(/stroke-width="1" stroke-opacity="0.7"/);
    expect(lineOf(sketch(STOCK_KIND), 'sold')).toContain('stroke-dasharray="6 3"');
  });

  it('has the line of what was on sale with its words, and the band beyond it', () => {
    const stock = sketch(STOCK_KIND);
    expect(stock).toContain('>15 on sale<');
    // the axis ends at 30, and everything above 15 is too much
    expect(stock).toMatch(/<rect width="1000" height="50" fill="var\(--color-unsafe\)"/);
  });

  it('labels ranges of latency with their edges', () => {
    for (const edge of ['1', '2', '4']) expect(sketch(DISTRIBUTION_KIND)).toContain(`>${edge}\u00a0ms<`);
  });

  it('stacks outcomes, and says where the lane was over', () => {
    const outcomes = sketch(OUTCOMES_KIND);
    expect(outcomes).toMatch(/data-column="accepted".*data-column="soldOut"/);
    expect(outcomes).toContain('>over at 0.2\u00a0s<');
  });
});
