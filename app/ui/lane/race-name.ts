/** Most names in a row that still can be read. */
const MOST = 4;

/** Who races, for headings and lists: up to four by name; of more the first three, and how many others there are. */
export function shorten(names: readonly string[]): string[] {
  if (names.length <= MOST) return [...names];
  return [...names.slice(0, MOST - 1), `${names.length - MOST + 1} others`];
}

/** `read-then-write vs conditional-update` */
export function nameContestants(names: readonly string[]): string {
  return shorten(names).join(' vs ');
}
