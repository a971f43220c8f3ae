import { describe, expect, it } from 'vitest';
import { isTooLarge, refuseSize } from './refuse-size';

const plan = { attempts: 2, reduction: true, maxSchedules: 1_000, preemptions: null };

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
  const size = { atLeast: 1_001, about: 2_000, atMost: 3_141, drawn: 100 };

  it('says what is certain, what is an estimate, and which limit will do', () => {
    expect(refuseSize(size, { ...plan, reduction: false }).message).toBe(
      'This means at least 1,001 schedules, about 2,000 by an estimate from 100 drawn at random, and 1,000 are allowed. ' +
        'To do: allow 3,200 schedules, which will do, turn reduction on, bound it with preemptions (2 find most faults), or draw a sample.',
    );
    expect(refuseSize({ ...size, atLeast: 500, about: 71_234, atMost: 90_000 }, plan).message).toMatch(
      /^This means about 71,000 if none were left out as equal by an estimate/,
    );
  });

  it('suggests no limit that is not allowed, and only what the plan does not have yet', () => {
    expect(refuseSize({ ...size, atMost: 100_001 }, { ...plan, preemptions: 2 }).message).toMatch(
      /To do: allow fewer than 2 preemptions or draw a sample\.$/,
    );
    expect(
      refuseSize({ ...size, atMost: 300_000 }, { ...plan, attempts: 3, preemptions: 0 }).message,
    ).toMatch(/To do: take two attempts or draw a sample\.$/);
  });
});
