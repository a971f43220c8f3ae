import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostLevels, nextLevel, type TriedLevel } from './bisect';

/** Searches until there is nothing left to try. */
function search(most: number, breaks: (concurrency: number) => boolean): TriedLevel[] {
  const tried: TriedLevel[] = [];
  for (let i = 0; i < 100; i += 1) {
    const concurrency = nextLevel(most, tried);
    if (concurrency === null) return tried;
    tried.push({ concurrency, broke: breaks(concurrency) });
  }
  throw new Error('the search does not end');
}

const smallest = (tried: TriedLevel[]) =>
  Math.min(...tried.filter(({ broke }) => broke).map(({ concurrency }) => concurrency));

const concurrencies = fc.integer({ min: 2, max: 1_000 });

describe('a search', () => {
  it('tries the upper end first, and nothing else when that holds', () => {
    expect(search(100, () => false)).toEqual([{ concurrency: 100, broke: false }]);
  });

  it('goes down to two buyers, and never to one', () => {
    expect(search(100, () => true).map(({ concurrency }) => concurrency)).toEqual([100, 50, 25, 13, 7, 4, 2]);
    expect(search(2, () => true)).toEqual([{ concurrency: 2, broke: true }]);
  });

  it('finds where breaking begins, with both sides of it tried', () => {
    fc.assert(
      fc.property(concurrencies, concurrencies, (a, b) => {
        const [threshold, most] = a < b ? [a, b] : [b, a];
        const tried = search(most, (concurrency) => concurrency >= threshold);
        expect(smallest(tried)).toBe(threshold);
        if (threshold > 2) expect(tried).toContainEqual({ concurrency: threshold - 1, broke: false });
      }),
    );
  });

  it('tries no level twice, none outside of the plan, and no more than it says, however levels turn out', () => {
    fc.assert(
      fc.property(concurrencies, fc.array(fc.boolean(), { minLength: 40 }), (most, answers) => {
        const left = [...answers];
        const tried = search(most, () => left.pop() ?? true).map(({ concurrency }) => concurrency);
        expect(new Set(tried).size).toBe(tried.length);
        expect(Math.min(...tried)).toBeGreaterThanOrEqual(2);
        expect(Math.max(...tried)).toBe(most);
        expect(tried.length).toBeLessThanOrEqual(mostLevels(most));
      }),
      { numRuns: 2_000 },
    );
  });

  it('looks below once more, and goes on there when that breaks although more buyers did not', () => {
    // it breaks from 12 on, and 31 to 51 hold by luck
    const tried = search(100, (concurrency) => concurrency >= 12 && (concurrency < 31 || concurrency > 51));
    expect(tried).toContainEqual({ concurrency: 50, broke: false });
    expect(smallest(tried)).toBe(12);
    expect(tried).toContainEqual({ concurrency: 11, broke: false });
  });
});
