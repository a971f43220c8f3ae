/** Most names in a row that are still readable. */
const MOST = 4;

/**
 * The racing strategies, for headings and lists: up to four by name; of more the first three, and the number of the
 * others.
 */
export function shorten(names: readonly string[]): string[] {
  if (names.length <= MOST) return [...names];
  return [...names.slice(0, MOST - 1), `${names.length - MOST + 1} others`];
}

/** `read-then-write vs conditional-update` */
export function nameContestants(names: readonly string[]): string {
  return shorten(names).join(' vs ');
}
