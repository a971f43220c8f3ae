import { describe, expect, it } from 'vitest';
import { countPlaces, laterOf } from './delivery-counts';

const said = { generated: 3_647, recorded: 3_647, stored: 3_100 };
const received = { streamed: 4_000, from: 0, shown: 4_000, room: 1_000_000 };

describe('countPlaces', () => {
  it('never shows more attempts than it says were generated, however old the server’s word is', () => {
    expect(countPlaces(said, received, false)).toEqual({
      generated: 4_000,
      recorded: 4_000,
      stored: 3_100,
      streamed: 4_000,
      shown: 4_000,
    });
  });

  it('counts what is older than what the page asked for among the generated', () => {
    const late = { streamed: 500, from: 3_500, shown: 500, room: 1_000_000 };
    expect(countPlaces(said, late, false)).toMatchObject({
      generated: 4_000,
      recorded: 4_000,
      streamed: 500,
    });
  });

  it('takes the server’s word where it is ahead', () => {
    expect(countPlaces(said, { ...received, streamed: 12, shown: 12 }, false)).toMatchObject({
      generated: 3_647,
      streamed: 12,
    });
  });

  it('leaves final numbers as they are, so that a fault shows', () => {
    expect(countPlaces(said, received, true)).toMatchObject({ generated: 3_647, shown: 4_000 });
  });

  it('has no count of what arrived where scripts do not run', () => {
    expect(countPlaces(said, null, false)).toEqual(said);
  });
});

describe('laterOf', () => {
  it('knows that counts only rise', () => {
    const later = { generated: 3_900, recorded: 3_900, stored: 3_700 };
    expect(laterOf(said, later)).toBe(later);
    expect(laterOf(later, said)).toBe(later);
    expect(laterOf(said, null)).toBe(said);
  });
});
