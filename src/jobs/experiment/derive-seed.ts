/**
 * The seed of an experiment's trial `trial` (from 1): the plan's seed with the bits flipped that `mix` names for it.
 * Trial 1 has the plan's own seed, and no two trials of an experiment have the same, because `mix` maps every 32-bit
 * number to another one. A trial's race carries its seed in its plan, so it can be run again by itself.
 */
export function deriveSeed(seed: number, trial: number): number {
  return (seed ^ mix(trial - 1)) >>> 0;
}

/** The finalizer of MurmurHash3 (Austin Appleby, public domain): a bijection on 32 bits, with mix(0) = 0. */
function mix(value: number): number {
  const first = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
}
