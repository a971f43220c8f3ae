/** The strategies of one column, as far as others do not race them too. */
export interface StrategyDifference {
  /** Raced here and not in every other column. */
  own: string[];
  /** How many every column races. */
  shared: number;
}

/** Takes apart what columns race: rows of many names are read by what differs. `lists`: of each column, null for none. */
export function differStrategies(lists: readonly (readonly string[] | null)[]): StrategyDifference[] {
  const inAll = (name: string) => lists.every((list) => list?.includes(name) ?? false);
  return lists.map((list) => {
    const own = (list ?? []).filter((name) => !inAll(name));
    return { own, shared: (list ?? []).length - own.length };
  });
}
