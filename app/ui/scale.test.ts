import { describe, expect, it } from 'vitest';
import { exactScale, roundScale, roundStep } from './scale';

describe('roundStep', () => {
  it('is the smallest round number that needs no more parts than allowed', () => {
    expect([roundStep(100, 4), roundStep(1000, 4), roundStep(0.3, 3), roundStep(7, 4)]).toEqual([
      25, 250, 0.1, 2,
    ]);
  });

  it('has an answer for nothing', () => {
    expect([roundStep(0, 4), roundStep(Number.NaN, 4)]).toEqual([1, 1]);
  });
});

describe('roundScale', () => {
  it('covers the values and starts and ends on a tick', () => {
    expect(roundScale(0, 991)).toEqual({ domain: [0, 1000], ticks: [0, 250, 500, 750, 1000] });
    expect(roundScale(-7, 100)).toEqual({ domain: [-50, 100], ticks: [-50, 0, 50, 100] });
  });

  it('is never empty', () => {
    expect(roundScale(0, 0)).toEqual({ domain: [0, 1], ticks: [0, 1] });
  });
});

describe('exactScale', () => {
  it('ends at the value and has round ticks before it', () => {
    expect(exactScale(4.3)).toEqual({ domain: [0, 4.3], ticks: [0, 1, 2, 3, 4] });
    expect(exactScale(0.3, 3).ticks).toEqual([0, 0.1, 0.2, 0.3]);
  });
});
