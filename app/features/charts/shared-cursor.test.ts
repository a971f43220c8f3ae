import { describe, expect, it } from 'vitest';
import { nearestTime } from './shared-cursor';

const ticks = (...times: number[]) => times.map((value) => ({ value }));
const at = (activeLabel: unknown) => ({ activeLabel });

describe('nearestTime', () => {
  it('finds the same instant in buckets of another width', () => {
    expect(nearestTime(ticks(0, 0.1, 0.2, 0.3), at('0.175'))).toBe(2);
    expect(nearestTime(ticks(0.05, 0.15, 0.25), at(0))).toBe(0);
  });

  it('is nowhere in a lane that was over by then', () => {
    const over = ticks(0, 2.5, 5);
    expect(nearestTime(over, at('9.85'))).toBe(-1);
    expect(nearestTime(over, at('7.6'))).toBe(-1);
  });

  it('holds to the end of the last bucket, in whose middle percentiles are drawn', () => {
    expect(nearestTime(ticks(0.05, 0.15, 0.25), at('0.3'))).toBe(2);
    expect(nearestTime(ticks(0.05), at('0.1'))).toBe(0);
    expect(nearestTime(ticks(0.05), at('0.3'))).toBe(-1);
  });

  it('is nowhere without a time or a row', () => {
    expect(nearestTime(ticks(0, 1), at(undefined))).toBe(-1);
    expect(nearestTime([], at('1'))).toBe(-1);
  });
});
