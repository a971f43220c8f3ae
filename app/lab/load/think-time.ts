import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';

/** Odd constant that spreads neighbouring attempt numbers over all seeds (2^32 divided by the golden ratio). */
const SPREAD = 0x9e3779b9;

/**
 * Think time of attempt `n` in whole ms: uniform between half and one and a half times `meanMs`. It depends on seed and
 * number alone, so that every lane of a race, in whatever order its attempts run, replays the same think times.
 */
export function thinkTime(seed: number, n: number, meanMs: number): number {
  if (meanMs === 0) return 0;
  return Math.round(meanMs * (0.5 + randomFor(seed, n)));
}

/**
 * When buyer `k` of the closed model arrives, in ms after the start, spread evenly over `rampMs`. Buyers who all start at once go on in lock-step,
 * one wave of reads and then one of writes, which hides races between the waves; shops do not fill that way either.
 */
export function arrivalTime(seed: number, k: number, rampMs: number): number {
  return randomFor(~seed, k) * rampMs;
}

/**
 * A number in [0, 1) for place `k` of a seed's sequence. A Mersenne Twister of its own for each place, because the
 * first numbers of smaller generators hardly differ between neighbouring seeds.
 */
function randomFor(seed: number, k: number): number {
  return uniformFloat64(mersenne((seed + Math.imul(k + 1, SPREAD)) | 0));
}
