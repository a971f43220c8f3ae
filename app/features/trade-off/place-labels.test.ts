import { describe, expect, it } from 'vitest';
import {
  crosses,
  markAt,
  overlap,
  placeLabels,
  rectOf,
  takeUp,
  type Anchor,
  type Room,
} from './place-labels';

const frame = { left: 46, right: 900, top: 0, bottom: 300 };
const empty: Room = { frame, taken: [], lines: [] };
const measure = (text: string) => text.length * 6;

describe('placeLabels', () => {
  it('lets no label or leader cover a mark, a line or another label, however crowded', () => {
    const anchors: Anchor[] = Array.from({ length: 35 }, (_, i) => ({
      x: 60 + ((i * 137) % 800),
      y: i % 3 === 0 ? 40 + i * 5 : 290,
      text: `strategy-number-${i}`,
    }));
    const lines = [{ x1: 50, y1: 290, x2: 890, y2: 20 }];
    const marks = anchors.map(({ x, y }) => markAt(x, y));
    const labels = placeLabels(anchors, { frame, taken: marks, lines }, measure);
    const placed = labels.filter((label) => label !== null);
    expect(placed.length).toBeGreaterThan(15);
    expect(placed.some(({ leader }) => leader !== null)).toBe(true);
    const rects = placed.map(rectOf);
    const segments = [...lines, ...placed.flatMap(({ leader }) => leader ?? [])];
    rects.forEach((a, i) => {
      expect(a.left >= frame.left && a.right <= frame.right && a.bottom <= frame.bottom).toBe(true);
      expect([...marks, ...rects.slice(i + 1)].filter((b) => overlap(a, b))).toEqual([]);
      expect(segments.filter((segment) => crosses(segment, a))).toEqual([]);
    });
  });

  it('puts a label right beside its mark where there is room, and to the left at the right edge', () => {
    const [middle, edge] = placeLabels(
      [
        { x: 100, y: 100, text: 'abc' },
        { x: 890, y: 100, text: 'abc' },
      ],
      empty,
      measure,
    );
    expect(middle).toMatchObject({ x: 109, leader: null });
    expect((edge?.x ?? 0) + (edge?.width ?? 0)).toBe(881);
  });

  it('leaves less room to those that come later', () => {
    const anchor = { x: 100, y: 100, text: 'abc' };
    const [first] = placeLabels([anchor], empty, measure);
    const [second] = placeLabels([anchor], takeUp(empty, [first ?? null]), measure);
    expect(second?.x).toBeLessThan(100);
  });

  it('has no place where everything is taken', () => {
    expect(placeLabels([{ x: 100, y: 100, text: 'a' }], { ...empty, taken: [frame] }, measure)).toEqual([
      null,
    ]);
  });
});

describe('crosses', () => {
  const rect = { left: 10, right: 20, top: 10, bottom: 20 };

  it('is true of a line that lies within, goes through or ends within', () => {
    for (const [x1, y1, x2, y2] of [
      [12, 12, 13, 18],
      [0, 0, 30, 30],
      [15, 0, 15, 12],
    ] as const)
      expect(crosses({ x1, y1, x2, y2 }, rect)).toBe(true);
  });

  it('is false of a line that passes by or only touches', () => {
    for (const [x1, y1, x2, y2] of [
      [0, 0, 30, 9],
      [0, 18, 18, 0],
      [10, 0, 10, 30],
    ] as const)
      expect(crosses({ x1, y1, x2, y2 }, rect)).toBe(false);
  });
});
