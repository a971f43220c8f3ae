/** The strategies of one column that not every other column races. */
export interface StrategyDifference {
  /** Raced here and not in every other column. */
  own: string[];
  /** How many every column races. */
  shared: number;
}

/**
 * Splits the strategies of the columns: rows of many names are shown by how they differ. `lists`: of each column, null
 * for none.
 */
export function differStrategies(lists: readonly (readonly string[] | null)[]): StrategyDifference[] {
  const inAll = (name: string) => lists.every((list) => list?.includes(name) ?? false);
  return lists.map((list) => {
    const own = (list ?? []).filter((name) => !inAll(name));
    return { own, shared: (list ?? []).length - own.length };
  });
}
