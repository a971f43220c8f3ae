import { describe, expect, it } from 'vitest';
import { formatMsTick, formatSeconds } from './format';

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
