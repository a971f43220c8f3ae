/** How much of itself the soak runs, above 0: `npm run soak -- --short` runs a twentieth. */
const SHARE = Number(process.env.SOAK_SHARE ?? 1);

/** How often a test of the soak repeats what it repeats `whole` times in full: at least once. */
export function share(whole: number): number {
  return Math.max(1, Math.round(whole * SHARE));
}
