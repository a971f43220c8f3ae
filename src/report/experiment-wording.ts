import { CONFIDENCE, type RateEstimate } from '@/lib/binomial';
import { countOf, formatNumber } from '@/model/wording';

const SURE = `${CONFIDENCE * 100} %`;

/** What a rate of violated trials says about other races of the same plan, in one sentence. */
export function describeRate(rate: RateEstimate): string {
  const { judged, bound, interval } = rate;
  if (judged === 0) return 'No trial has come to a verdict.';
  const share =
    bound?.side === 'high'
      ? `at most ${upTo(bound.rate)}`
      : bound?.side === 'low'
        ? `at least ${downTo(bound.rate)}`
        : `${downTo(interval.low)} to ${upTo(interval.high)}`;
  return `${countBroken(rate)}. With ${SURE} confidence ${share} of such races do.`;
}

function countBroken({ violated, judged, done }: RateEstimate): string {
  const open = done === judged ? '' : ` (${formatNumber(done - judged)} inconclusive)`;
  if (done === 1) return violated === 0 ? 'The one race held' : 'The one race broke';
  if (violated === 0) return `None of ${countOf(done, 'race')} broke${open}`;
  if (violated === done) return `All ${countOf(done, 'race')} broke`;
  return `${formatNumber(violated)} of ${countOf(done, 'race')} broke${open}`;
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

/** Removes the error that binary fractions add to a decimal number. */
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
