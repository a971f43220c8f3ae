import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { ArrivalProcess } from './load-plan';

export interface ArrivalPlan {
  seed: number;
  /** Arrivals per second once the ramp is over. */
  rate: number;
  /** Time over which the rate rises linearly from zero, ms. */
  rampMs: number;
  arrivals: ArrivalProcess;
}

/**
 * When the attempts of the open model are due, in ms after the start, one after the other and without end. They depend
 * on the plan alone, so every lane of a race, and every shard of a lane, uses the same ones.
 *
 * A Poisson process of rate 1 is stretched so that its rate becomes the plan's (the inverse of the expected number of
 * arrivals by a time; Çinlar's method for a process whose rate changes). Constant arrivals are stretched likewise.
 */
export function* arrivalsOf({ seed, rate, rampMs, arrivals }: ArrivalPlan): Generator<number, never> {
  const random = xoroshiro128plus(seed);
  // the last generator's first number hardly differs between neighbouring seeds
  for (let i = 0; i < 8; i += 1) uniformFloat64(random);
  const perMs = rate / 1_000;
  let expected = 0;
  for (;;) {
    if (arrivals === 'poisson') expected -= Math.log(1 - uniformFloat64(random));
    yield timeOf(expected, perMs, rampMs);
    if (arrivals === 'constant') expected += 1;
  }
}

/** The time by which this many arrivals are expected, ms. */
export function timeOf(expected: number, perMs: number, rampMs: number): number {
  const inRamp = (perMs * rampMs) / 2;
  return expected < inRamp ? Math.sqrt((2 * expected * rampMs) / perMs) : expected / perMs + rampMs / 2;
}

/** Arrivals expected within a time, ms. */
export function expectedArrivals(ms: number, perMs: number, rampMs: number): number {
  return ms < rampMs ? (perMs * ms * ms) / (2 * rampMs) : perMs * (ms - rampMs / 2);
}
