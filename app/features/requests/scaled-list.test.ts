import { describe, expect, it } from 'vitest';
import { listHeight, listOffset, MOST_HEIGHT, ROW_HEIGHT, scrollTopToShow, visibleRows } from './scaled-list';

const viewport = 288;

describe('a list that browsers can lay out', () => {
  it('scrolls as it is', () => {
    const box = { scrollTop: 2_800, viewport, count: 1_000 };
    expect(listHeight(1_000)).toBe(28_000);
    expect(visibleRows(box, 0)).toEqual({ first: 100, end: 111, top: 0 });
    expect(visibleRows({ ...box, scrollTop: 0 })).toEqual({ first: 0, end: 23, top: 0 });
  });

  it('moves as little as it must to show a row', () => {
    const box = { scrollTop: 2_800, viewport, count: 1_000 };
    expect(scrollTopToShow(105, box)).toBe(2_800);
    expect(scrollTopToShow(99, box)).toBe(99 * ROW_HEIGHT);
    expect(scrollTopToShow(120, box)).toBe(121 * ROW_HEIGHT - viewport);
  });
});

describe('a million rows', () => {
  const count = 1_000_000;
  const bottom = MOST_HEIGHT - viewport;

  it('reach from the first to the last within what browsers lay out', () => {
    expect(listHeight(count)).toBe(MOST_HEIGHT);
    expect(visibleRows({ scrollTop: 0, viewport, count }, 0).first).toBe(0);
    const { first, end, top } = visibleRows({ scrollTop: bottom, viewport, count }, 0);
    expect(end).toBe(count);
    // the last row ends where the box ends
    expect(top + count * ROW_HEIGHT - bottom).toBeCloseTo(viewport, 5);
    expect(top + first * ROW_HEIGHT - bottom).toBeLessThanOrEqual(0);
  });

  it('can all be reached, one pixel of the scroll bar after the other', () => {
    for (const scrollTop of [0, 1, 7_654_321, 14_000_000]) {
      const here = listOffset({ scrollTop, viewport, count });
      const next = listOffset({ scrollTop: scrollTop + 1, viewport, count });
      expect(next - here).toBeLessThan(ROW_HEIGHT);
    }
  });

  it('show any row when asked to', () => {
    for (const index of [0, 1, 499_999, 999_998, 999_999]) {
      const box = { scrollTop: 5_000_000, viewport, count };
      const scrollTop = scrollTopToShow(index, box);
      const { first, end } = visibleRows({ ...box, scrollTop }, 0);
      expect(first).toBeLessThanOrEqual(index);
      expect(end).toBeGreaterThan(index);
    }
  });
});
