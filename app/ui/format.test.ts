import { describe, expect, it } from 'vitest';
import { formatAge, formatMsTick, formatSeconds } from './format';

describe('seconds at an axis', () => {
  it.for([
    [0, '0 s'],
    [0.025, '0.025 s'],
    [0.25, '0.25 s'],
    [1.25, '1.25 s'],
    [12.5, '12.5 s'],
    [1_250, '1,250 s'],
  ] as const)('%d are told apart from their neighbours: %s', ([seconds, text]) => {
    expect(formatSeconds(seconds)).toBe(text.replace(' ', '\u00a0'));
  });

  it('never leave their unit for the next line', () => {
    expect([formatSeconds(2), formatMsTick(150), formatMsTick(1_500)].join()).not.toContain(' ');
  });
});

describe('an age', () => {
  it.for([
    [0, '0 s'],
    [999, '0 s'],
    [12_400, '12 s'],
    [65_900, '1 min 05 s'],
  ] as const)('of %d ms is whole seconds: %s', ([ms, text]) => {
    expect(formatAge(ms)).toBe(text);
  });
});
