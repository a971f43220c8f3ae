/** A number that depends on the arguments alone (multiplicative hashing). */
export function draw(seed: number, actor: number, count: number, below: number): number {
  let hash = 0x9e3779b9;
  // one round for each argument, or neighbouring seeds would draw the same numbers in another order
  for (const part of [seed, actor + 1, count]) {
    hash = Math.imul(hash ^ part, 0x85ebca6b) >>> 0;
    hash = (hash ^ (hash >>> 13)) >>> 0;
    hash = Math.imul(hash, 0xc2b2ae35) >>> 0;
    hash = (hash ^ (hash >>> 16)) >>> 0;
  }
  return hash % below;
}
