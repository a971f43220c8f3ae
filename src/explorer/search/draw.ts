/** A number that depends on nothing but what it is asked with (multiplicative hashing). */
export function draw(seed: number, actor: number, count: number, below: number): number {
  let hash = 0x9e3779b9;
  // each in a round of its own, or seeds next to each other would draw the same in another order
  for (const part of [seed, actor + 1, count]) {
    hash = Math.imul(hash ^ part, 0x85ebca6b) >>> 0;
    hash = (hash ^ (hash >>> 13)) >>> 0;
    hash = Math.imul(hash, 0xc2b2ae35) >>> 0;
    hash = (hash ^ (hash >>> 16)) >>> 0;
  }
  return hash % below;
}
