import { describe, expect, it } from 'vitest';
import { layOutFrontier, PLOT } from './frontier-layout';
import type { TradeOff, FrontierPoint } from './trade-off-model';
import { rectOf } from './place-labels';

/** Throughput and harm as a race of the whole catalogue had them: many that hold are about as fast as each other. */
const MEASURED = [
  ...[
    63, 78, 64, 61, 299, 582, 252, 343, 446, 397, 235, 253, 51, 61, 60, 149, 68, 787, 548, 48, 104, 57, 415,
  ],
  ...[61, 52, 62, 48, 280, 552, 406],
];
const HARM = new Map<number, number>([
  ...([
    [0, 27],
    [1, 150],
    [2, 19],
    [4, 19],
    [7, 11],
    [11, 19],
    [17, 150],
    [18, 15],
    [20, 58],
    [28, 150],
  ] as const),
]);

const points = MEASURED.map((speed, lane): FrontierPoint => {
  const harm = HARM.get(lane) ?? 0;
  const strategy = `strategy-number-${lane}`;
  return { lane, strategy, name: strategy, mark: harm > 0 ? 'violated' : 'ok', speed, harm, pace: null };
});
const line = [5, 17].flatMap((lane) => points[lane] ?? []);
const frontier: TradeOff = { points, line, caveat: null, claim: null };

describe('layOutFrontier', () => {
  it('names every point once, beside it or below the picture, at every width', () => {
    for (const width of [300, 640, 1_350, 2_300]) {
      const { groups } = layOutFrontier(frontier, width);
      const named = groups.flatMap((group) => group.points.map(({ lane }) => lane));
      expect(named.sort((a, b) => a - b)).toEqual(points.map(({ lane }) => lane));
      expect(groups.every(({ isNumbered, label }) => isNumbered || label !== null)).toBe(true);
    }
  });

  it('has names for what the sentence is about, and for most where there is room', () => {
    const { groups } = layOutFrontier(frontier, 1_350);
    const named = groups.filter(({ isNumbered }) => !isNumbered).map(({ text }) => text);
    expect(named).toEqual(expect.arrayContaining(['strategy-number-5', 'strategy-number-17']));
    expect(named.length).toBeGreaterThan(14);
    expect(groups.every(({ label }) => label !== null)).toBe(true);
  });

  it('names two that are exactly as fast as each other together', () => {
    const equal = points.slice(5, 7).map((point) => ({ ...point, speed: 100 }));
    const { groups } = layOutFrontier({ ...frontier, points: equal, line: equal.slice(0, 1) }, 1_350);
    expect(groups.map(({ text }) => text)).toEqual(['strategy-number-5, strategy-number-6']);
  });

  it('keeps names and numbers off the axes and the zero line', () => {
    const { height, y, groups } = layOutFrontier(frontier, 1_350);
    for (const { label } of groups) {
      if (!label) continue;
      const { left, top, bottom } = rectOf(label);
      expect(left).toBeGreaterThanOrEqual(PLOT.left);
      expect(bottom).toBeLessThanOrEqual(height - PLOT.bottom);
      expect(top >= y(0) || bottom <= y(0)).toBe(true);
    }
  });

  it('numbers from left to right', () => {
    const numbered = layOutFrontier(frontier, 640).groups.filter(({ isNumbered }) => isNumbered);
    expect(numbered.map(({ text }) => text)).toEqual(numbered.map((_, i) => String(i + 1)));
    const xs = numbered.map((group) => group.points[0]?.x ?? 0);
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
  });
});
