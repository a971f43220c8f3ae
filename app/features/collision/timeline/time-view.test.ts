import { describe, expect, it } from 'vitest';
import { fitView, panBy, reveal, rulerTicks, zoomAt } from './time-view';

describe('zoomAt', () => {
  it('keeps the moment under the pointer where it is', () => {
    const view = zoomAt(fitView(100), 4, 20, 100);
    expect(view).toEqual({ from: 15, to: 40 });
    expect((20 - view.from) / (view.to - view.from)).toBeCloseTo(20 / 100);
  });

  it('never shows more than there is, nor less than can be told apart', () => {
    expect(zoomAt({ from: 10, to: 20 }, 0.01, 15, 100)).toEqual({ from: 0, to: 100 });
    const { from, to } = zoomAt(fitView(100), 1e9, 50, 100);
    expect(to - from).toBeCloseTo(0.01);
  });
});

it('pans up to either end and no further', () => {
  expect(panBy({ from: 10, to: 20 }, 5, 100)).toEqual({ from: 15, to: 25 });
  expect(panBy({ from: 10, to: 20 }, -50, 100)).toEqual({ from: 0, to: 10 });
  expect(panBy({ from: 10, to: 20 }, 500, 100)).toEqual({ from: 90, to: 100 });
});

it('moves only when a step is out of view', () => {
  const view = { from: 10, to: 20 };
  expect(reveal(view, 12, 15, 100)).toEqual(view);
  expect(reveal(view, 30, 32, 100)).toEqual({ from: 22.5, to: 32.5 });
  expect(reveal(view, 4, 6, 100)).toEqual({ from: 3.5, to: 13.5 });
  expect(reveal(view, 40, 80, 100).from).toBe(39.5);
});

describe('rulerTicks', () => {
  it('are round, within the view, and no more than have room', () => {
    expect(rulerTicks({ from: 0, to: 9 }, 500).map(({ label }) => label)).toEqual([
      '0 ms',
      '2 ms',
      '4 ms',
      '6 ms',
      '8 ms',
    ]);
    expect(rulerTicks({ from: 0, to: 9 }, 90)).toHaveLength(1);
  });

  it('turn to microseconds when there is little to see', () => {
    expect(rulerTicks({ from: 1.2, to: 1.25 }, 500).map(({ label }) => label)).toEqual([
      '1,200 µs',
      '1,210 µs',
      '1,220 µs',
      '1,230 µs',
      '1,240 µs',
      '1,250 µs',
    ]);
  });
});
