import type { StrategyInfo } from '@/model/strategy';

/** The filters of a list of strategies, as query parameters. */
export const FILTERS = ['class', 'store', 'anomaly'] as const;
export type Filter = (typeof FILTERS)[number];

export interface FilterChoice {
  filter: Filter;
  value: string;
  /** Strategies that would remain with it, given the other filters. */
  count: number;
  chosen: boolean;
  /** Query that selects it, or clears it if it is selected. */
  query: string;
}

const VALUES: Record<Filter, (strategy: StrategyInfo) => string[]> = {
  class: ({ expected }) => [expected],
  store: ({ stores }) => stores,
  anomaly: ({ anomaly }) => [anomaly],
};

/** The strategies that match every chosen filter. */
export function filterStrategies<T extends StrategyInfo>(
  strategies: readonly T[],
  query: URLSearchParams,
): T[] {
  return strategies.filter((strategy) =>
    FILTERS.every((filter) => passes(strategy, filter, query.get(filter))),
  );
}

/** Every value of a filter that occurs, in order of first occurrence. */
export function listChoices(
  strategies: readonly StrategyInfo[],
  query: URLSearchParams,
  filter: Filter,
): FilterChoice[] {
  const others = strategies.filter((strategy) =>
    FILTERS.every((other) => other === filter || passes(strategy, other, query.get(other))),
  );
  const values = [...new Set(strategies.flatMap(VALUES[filter]))];
  return values.map((value) => {
    const chosen = query.get(filter) === value;
    const next = new URLSearchParams(query);
    if (chosen) next.delete(filter);
    else next.set(filter, value);
    const count = others.filter((strategy) => passes(strategy, filter, value)).length;
    return { filter, value, count, chosen, query: next.toString() };
  });
}

function passes(strategy: StrategyInfo, filter: Filter, value: string | null): boolean {
  return value === null || VALUES[filter](strategy).includes(value);
}
