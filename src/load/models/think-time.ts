/** Odd constant that spreads neighbouring indices over all 32 bits (2^32 divided by the golden ratio). */
const SPREAD = 0x9e3779b9;

/**
 * Think time of attempt `n` in whole ms: uniform between half and one and a half times `meanMs`. It depends only on
 * seed and number, so every lane of a race replays the same think times, in whatever order its attempts run.
 */
export function thinkTime(seed: number, n: number, meanMs: number): number {
  if (meanMs === 0) return 0;
  return Math.round(meanMs * (0.5 + randomFor(seed, n)));
}

/**
 * When client `k` of the closed model arrives, in ms after the start, spread evenly over `rampMs`. Clients that all
 * start at once proceed in lock-step, one wave of reads and then one of writes, which hides races between the waves;
 * shops do not fill that way either.
 */
export function arrivalTime(seed: number, k: number, rampMs: number): number {
  return randomFor(~seed, k) * rampMs;
}

/**
 * Pause of client `k` of the closed model after its purchase number `made`, in whole ms: uniform between half and one
 * and a half times `meanMs`. It depends on the client and not the attempt, since the race decides which client makes
 * which attempt.
 */
export function pauseTime(seed: number, k: number, made: number, meanMs: number): number {
  if (meanMs === 0) return 0;
  return Math.round(meanMs * (0.5 + randomFor(mix(seed ^ Math.imul(k + 1, SPREAD)), made)));
}

/**
 * A number in [0, 1) at index `k` of a seed's sequence, without computing the ones before it. A hash mixes seed and
 * index, because a small generator's first numbers hardly differ between neighbouring seeds, and a Mersenne Twister for
 * each index took 9 % of the generator's time.
 */
function randomFor(seed: number, k: number): number {
  return mix(mix(seed) + Math.imul(k + 1, SPREAD)) / 2 ** 32;
}

/** The finalizer of MurmurHash3 (Austin Appleby, public domain): every bit of the input moves half of the output's. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
