import { describe, expect, it } from 'vitest';
import { addressComparison, keepKnown, readComparison } from './compare-address';

const read = (query: string) => readComparison(new URLSearchParams(query));

describe('the address of a comparison', () => {
  it('is read as it was written', () => {
    for (const asked of [
      { races: ['a', 'b'], baseline: 0, allFields: false },
      { races: ['c', 'b', 'a'], baseline: 2, allFields: true },
    ]) {
      const address = addressComparison(asked);
      expect(read(address.slice(address.indexOf('?')))).toEqual({ asked, permanent: true });
    }
    expect(addressComparison({ races: ['a', 'b'], baseline: 0, allFields: false })).toBe(
      '/compare?races=a,b',
    );
  });

  it('takes races from a list, oldest first, after those that it names', () => {
    expect(read('races=c&id=b&id=a')).toMatchObject({
      asked: { races: ['c', 'a', 'b'] },
      permanent: false,
    });
  });

  it('takes races by their address, and each once', () => {
    const text = encodeURIComponent('http://127.0.0.1:3000/races/abc?lane=1, abc /races/xyz');
    expect(read(`races=abc&add=${text}`).asked.races).toEqual(['abc', 'xyz']);
  });

  it('has the first column for a baseline that is no number of one', () => {
    for (const text of ['0', '-3', '1.5', 'b', ''])
      expect(read(`races=a,b&baseline=${text}`).asked.baseline).toBe(0);
  });

  it('is empty where it names nothing', () => {
    expect(read('').asked.races).toEqual([]);
    expect(read('races=,%20,').asked.races).toEqual([]);
    expect(read(`races=a%00b,${'x'.repeat(50)}`).asked.races).toEqual(['a?b', 'x'.repeat(40)]);
  });
});

describe('a comparison of races of which some are gone', () => {
  const asked = { races: ['a', 'b', 'c'], baseline: 1, allFields: false };

  it('keeps its baseline, wherever that stands now', () => {
    expect(keepKnown(asked, ['a', 'b', 'c'])).toEqual(asked);
    expect(keepKnown(asked, ['b', 'c'])).toEqual({ ...asked, races: ['b', 'c'], baseline: 0 });
    expect(keepKnown({ ...asked, baseline: 2 }, ['a', 'c'])).toMatchObject({
      races: ['a', 'c'],
      baseline: 1,
    });
  });

  it('has the first race for a baseline where its own is gone or never was', () => {
    expect(keepKnown(asked, ['a', 'c']).baseline).toBe(0);
    expect(keepKnown({ ...asked, baseline: 7 }, ['a', 'c']).baseline).toBe(0);
  });

  it('counts the lanes of a single race', () => {
    expect(keepKnown({ ...asked, races: ['a'], baseline: 3 }, ['a']).baseline).toBe(3);
  });
});
