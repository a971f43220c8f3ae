import { describe, expect, test } from 'vitest';
import { noOutcomes } from '@/model/outcome';
import { laneView } from '../../tests/fixtures/lanes/lane-view';
import { ConditionError, parseCondition } from './condition';
import { LANE_METRICS } from './lane-metrics';
import type { Assertion } from './race-report';

const lane = laneView({
  status: 'finished',
  counts: { ...noOutcomes(), attempts: 1_000, accepted: 100, soldOut: 900 },
  latencyMs: { min: 1, mean: 20, p50: 15, p90: 40, p95: 60, p99: 120, p999: 200, p9999: 240, max: 250 },
  retries: 30,
  oversold: 0,
});

describe('a condition', () => {
  test.each<[string, boolean, string]>([
    ['oversold==0', true, 'oversold is 0'],
    ['oversold != 0', false, 'oversold is 0'],
    ['p99<200', true, 'p99 is 120 ms'],
    ['p99 < 120', false, 'p99 is 120 ms'],
    ['p99<=120', true, 'p99 is 120 ms'],
    ['accepted==100', true, 'accepted is 100'],
    ['retries/accepted<0.5', true, 'retries is 30, accepted is 100'],
    ['accepted + soldOut == attempts', true, 'accepted is 100, soldOut is 900, attempts is 1,000'],
    ['200 > (p99 - p50) * 1.5', true, 'p99 is 120 ms, p50 is 15 ms'],
    ['-oversold >= -1', true, 'oversold is 0'],
  ])('%s', (text, isMet, why) => {
    expect(parseCondition(text).check(lane)).toEqual({ result: isMet ? 'met' : 'broken', why });
  });

  test('is not met by a figure that the lane does not have, whichever way it compares', () => {
    for (const text of ['correctedP99<200', 'correctedP99>=0', 'dropped==0', 'dropped!=1'])
      expect(parseCondition(text).check(lane).result, text).toBe('broken');
    expect(parseCondition('dropped==0').check(lane).why).toBe('dropped has no value');
    const idle = laneView({ status: 'cancelled' });
    expect(parseCondition('p99<200').check(idle)).toEqual({ result: 'broken', why: 'p99 has no value' });
    expect(parseCondition('oversold==0').check(idle).result).toBe('broken');
  });

  test.each<[string, Assertion['result'], string]>([
    ['p99<200', 'undecided', 'p99 is at least 120 ms'],
    ['p99<100', 'broken', 'p99 is at least 120 ms'],
    ['p99>=100', 'met', 'p99 is at least 120 ms'],
    ['p99-p50<200', 'undecided', 'p99 is at least 120 ms, p50 is 15 ms'],
    ['100<p99*2', 'met', 'p99 is at least 120 ms'],
    ['1/p99<0.1', 'met', 'p99 is at least 120 ms'],
    ['p50<20', 'met', 'p50 is 15 ms'],
    ['oversold==0', 'undecided', 'oversold is at most 7'],
    ['oversold<=7', 'met', 'oversold is at most 7'],
    ['oversold!=8', 'met', 'oversold is at most 7'],
    ['oversold==8', 'broken', 'oversold is at most 7'],
    ['units<=100', 'undecided', 'units is not known'],
    ['stock==0', 'undecided', 'stock is not known'],
    ['findings==0', 'undecided', 'findings is not known'],
    ['min<5', 'met', 'min is at most 1 ms'],
    ['min>0.5', 'undecided', 'min is at most 1 ms'],
    ['attempts/oversold>1', 'undecided', 'attempts is 1,000, oversold is at most 7'],
    ['retries/attempts<0.01', 'broken', 'retries is at least 30, attempts is 1,000'],
    ['retries/attempts<0.5', 'undecided', 'retries is at least 30, attempts is 1,000'],
  ])('%s is %s where attempts had no answer and purchases still ran', (text, result, why) => {
    const counts = { ...lane.counts, soldOut: 895, indeterminate: 5 };
    const stock = { initial: 100, final: 0 };
    const unsure = { ...lane, counts, stock, oversoldRange: { low: 0, high: 7 } };
    expect(parseCondition(text).check(unsure)).toEqual({ result, why });
  });

  test('is not met by a division by zero', () => {
    expect(parseCondition('retries/oversold>=0').check(lane).result).toBe('broken');
    expect(parseCondition('retries/oversold<0').check(lane).result).toBe('broken');
  });

  test.each<[string, RegExp]>([
    ['p98<200', /^there is no figure p98; there are attempts, /],
    ['constructor<200', /^there is no figure constructor/],
    ['__proto__==0', /^there is no figure __proto__/],
    ['oversold', /^a condition compares two figures/],
    ['', /a condition compares two figures/],
    ['oversold=0', /^cannot be read: .*; a condition compares two figures/],
    ['p99<200<300', /uses more than numbers/],
    ['p99<200 && p50<20', /^a condition compares two figures/],
    ['1<2', /^names no figure of a lane$/],
    ['p99<"200"', /uses more than numbers/],
    ['process.exit()==0', /uses more than numbers/],
    ['p99[0]<1', /uses more than numbers/],
    ['p99<', /^cannot be read/],
    [`p99<${'('.repeat(500)}`, /at most 200 characters/],
  ])('cannot be %s', (text, message) => {
    expect(() => parseCondition(text)).toThrow(ConditionError);
    expect(() => parseCondition(text)).toThrow(message);
  });

  test('can name every figure', () => {
    for (const name of Object.keys(LANE_METRICS)) expect(() => parseCondition(`${name}>=0`)).not.toThrow();
  });
});
