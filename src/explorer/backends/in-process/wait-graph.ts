/** Whether somebody waits, through others, for itself: a deadlock, which the server is about to end. */
export function hasCircle<T>(waits: ReadonlyMap<T, readonly T[]>): boolean {
  const isReachable = (from: T, to: T, seen: Set<T>): boolean =>
    (waits.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return isReachable(next, to, seen);
    });
  return [...waits.keys()].some((actor) => isReachable(actor, actor, new Set<T>()));
}
