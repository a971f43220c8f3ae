import { countOf, formatNumber } from '../audit/wording';
import { CONFIDENCE, type RateEstimate } from './binomial';

const SURE = `${CONFIDENCE * 100} %`;

/** What a rate of violated trials says of other races of the same plan, in one sentence. */
export function describeRate(rate: RateEstimate): string {
  const { violated, judged, bound, interval } = rate;
  const trials = countOf(judged, 'trial');
  if (judged === 0) return 'No trial has come to a verdict.';
  if (bound?.side === 'high') {
    const none = judged === 1 ? 'The one trial judged was not violated' : `None of ${trials} was violated`;
    return `${none}, so at most ${upTo(bound.rate)} of such races are, with ${SURE} confidence.`;
  }
  if (bound?.side === 'low') {
    const all = judged === 1 ? 'The one trial judged was violated' : `All ${trials} were violated`;
    return `${all}, so at least ${downTo(bound.rate)} of such races are, with ${SURE} confidence.`;
  }
  const share = `${downTo(interval.low)} to ${upTo(interval.high)}`;
  return `${formatNumber(violated)} of ${trials} were violated, so ${share} of such races are, with ${SURE} confidence.`;
}

/** A rate in percent, rounded to a tenth away from what a limit excludes, so that rounding never claims more. */
export function upTo(rate: number): string {
  return percent(Math.ceil(round(rate * 1_000)) / 10);
}

export function downTo(rate: number): string {
  return percent(Math.floor(round(rate * 1_000)) / 10);
}

/** A rate in percent, to the nearest tenth. */
export function formatRate(rate: number): string {
  return percent(Math.round(round(rate * 1_000)) / 10);
}

/** Without what binary fractions add to a decimal one. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function percent(value: number): string {
  return `${value.toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}

/** `1 more was inconclusive`, `3 more were inconclusive`. */
export function moreInconclusive(count: number): string {
  return `${formatNumber(count)} more ${count === 1 ? 'was' : 'were'} inconclusive`;
}
