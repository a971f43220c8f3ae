import { CONFIDENCE, type RateEstimate } from '@/lib/binomial';
import { countOf, formatNumber } from '@/model/wording';

const SURE = `${CONFIDENCE * 100} %`;

/** What a rate of violated trials says about other races of the same plan, in one sentence. */
export function describeRate(rate: RateEstimate): string {
  if (rate.judged === 0) return 'No trial has come to a verdict.';
  return `${countBroken(rate)}. With ${SURE} confidence ${describeRange(rate)} of such races do.`;
}

function countBroken({ violated, judged, done }: RateEstimate): string {
  const open = done === judged ? '' : ` (${formatNumber(done - judged)} inconclusive)`;
  if (done === 1) return violated === 0 ? 'The one race held' : 'The one race broke';
  if (violated === 0) return `None of ${countOf(done, 'race')} broke${open}`;
  if (violated === done) return `All ${countOf(done, 'race')} broke`;
  return `${formatNumber(violated)} of ${countOf(done, 'race')} broke${open}`;
}

/**
 * The range of a rate at 95 % in words: `at most 16.9 %`, `15.3 % to 59.3 %`. It is the two-sided interval, whatever the
 * trials came to: to show the tighter one-sided bound wherever they agree would hold the true rate in less than 95 % of
 * experiments.
 */
export function describeRange(rate: RateEstimate): string {
  if (rate.judged === 0) return 'unknown';
  const { low, high } = rate.interval;
  if (low === 0) return `at most ${upTo(high)}`;
  if (high === 1) return `at least ${downTo(low)}`;
  return `${downTo(low)} to ${upTo(high)}`;
}

/** A rate in percent, rounded to a tenth away from what a limit excludes, so that rounding never claims more. */
export function upTo(rate: number): string {
  return percent(Math.ceil(round(rate * 1_000)) / 10);
}

function downTo(rate: number): string {
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
