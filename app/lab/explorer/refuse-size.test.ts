import { describe, expect, it } from 'vitest';
import { isTooLarge, refuseSize } from './refuse-size';

const plan = { quantities: [1, 1], reduction: true, maxSchedules: 1_000, preemptions: null };

describe('a plan is too large', () => {
  it('when more schedules are certain than it allows', () => {
    expect(isTooLarge({ atLeast: 1_000, about: 900, seen: 10 }, plan)).toBe(false);
    expect(isTooLarge({ atLeast: 1_001, about: 900, seen: 10 }, plan)).toBe(true);
  });

  it('by an estimate alone only when it is far beyond, and of many', () => {
    expect(isTooLarge({ atLeast: 499, about: 1_000_000, seen: 499 }, plan)).toBe(false);
    expect(isTooLarge({ atLeast: 500, about: 20_000, seen: 500 }, plan)).toBe(false);
    expect(isTooLarge({ atLeast: 500, about: 20_001, seen: 500 }, plan)).toBe(true);
  });
});

describe('the refusal', () => {
  it('says what is certain and what is an estimate', () => {
    expect(refuseSize({ atLeast: 1_001, about: 3_456, seen: 700 }, plan)).toMatch(
      /^This means at least 1,001 schedules, about 3,500 by an estimate .+ the 700 that were run, and 1,000 are allowed/,
    );
    expect(refuseSize({ atLeast: 500, about: 71_234, seen: 500 }, plan)).toMatch(
      /^This means about 71,000 by/,
    );
  });

  it('suggests what the plan does not have yet', () => {
    const size = { atLeast: 1_001, about: 2_000, seen: 1_001 };
    expect(refuseSize(size, plan)).toMatch(
      /To do: raise maxSchedules, bound it with .+, or draw a sample\.$/,
    );
    expect(refuseSize(size, { ...plan, reduction: false })).toContain('turn reduction on');
    expect(refuseSize(size, { ...plan, preemptions: 2 })).toMatch(
      /To do: raise maxSchedules, allow fewer than 2 preemptions, or draw a sample\.$/,
    );
    expect(
      refuseSize({ ...size, about: 300_000 }, { ...plan, quantities: [1, 1, 1], preemptions: 0 }),
    ).toMatch(/To do: take two attempts or draw a sample\.$/);
  });
});
