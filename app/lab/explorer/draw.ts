/** A number that depends on nothing but what it is asked with (multiplicative hashing). */
export function draw(seed: number, actor: number, count: number, below: number): number {
  let hash = (seed ^ 0x9e3779b9) >>> 0;
  for (const part of [actor + 1, count]) {
    hash = Math.imul(hash ^ part, 0x85ebca6b) >>> 0;
    hash = (hash ^ (hash >>> 13)) >>> 0;
    hash = Math.imul(hash, 0xc2b2ae35) >>> 0;
    hash = (hash ^ (hash >>> 16)) >>> 0;
  }
  return hash % below;
}
