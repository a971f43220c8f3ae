import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { X } from 'lucide-react';
import type { ReactElement } from 'react';
import type { StrategyInfo } from '@/model/strategy';
import { nameAnomaly } from '~/features/strategies/name-anomaly';
import { FILTERS, filterStrategies, listChoices } from '~/features/strategies/strategy-filters';
import type { Filter } from '~/features/strategies/strategy-filters';
import { StrategyText } from '~/features/strategies/strategy-text';
import { describePage } from '~/page-meta';

const TITLES: Record<Filter, string> = { class: 'Class', store: 'Store', anomaly: 'Anomaly' };

export const meta: MetaFunction = () => describePage('Strategies');

export function loader({ context }: LoaderFunctionArgs) {
  return { strategies: context.lab.strategies };
}

export default function Strategies(): ReactElement {
  const { strategies } = useLoaderData<typeof loader>();
  const [query] = useSearchParams();
  const shown = filterStrategies(strategies, query);
  return (
    <div className="flex flex-col gap-6 pt-8">
      <header>
        <h1 className="text-2xl font-semibold tracking-tight">Strategies</h1>
        <p className="mt-1 max-w-2xl text-pretty text-ink-2">
          Every way shops guard stock, and every way that only looks safe. Each is one file that really runs.
        </p>
      </header>
      <div className="flex flex-col gap-2">
        {FILTERS.map((filter) => (
          <FilterRow key={filter} filter={filter} strategies={strategies} query={query} />
        ))}
      </div>
      {shown.length === 0 ? (
        <p className="card flex items-center gap-3 px-5 py-8 text-ink-2">
          No strategy is all of that.
          <Link to="/strategies" className="button">
            <X className="size-4" aria-hidden />
            Show all
          </Link>
        </p>
      ) : (
        <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3" aria-label={`${shown.length} strategies`}>
          {shown.map((strategy) => (
            <StrategyCard key={strategy.id} strategy={strategy} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface FilterRowProps {
  filter: Filter;
  strategies: readonly StrategyInfo[];
  query: URLSearchParams;
}

function FilterRow({ filter, strategies, query }: FilterRowProps): ReactElement {
  return (
    <nav aria-label={`By ${TITLES[filter].toLowerCase()}`} className="flex flex-wrap items-center gap-1.5">
      <span className="w-16 text-xs text-ink-3">{TITLES[filter]}</span>
      {listChoices(strategies, query, filter).map(({ value, count, chosen, query: next }) => (
        <Link
          key={value}
          to={`/strategies${next === '' ? '' : `?${next}`}`}
          preventScrollReset
          aria-current={chosen ? 'true' : undefined}
          className={`chip ${chosen ? 'border-ink bg-hover text-ink' : 'text-ink-2 hover:bg-hover'}`}
        >
          {value}
          <span className="font-normal text-ink-3">{count}</span>
          {chosen && <X className="size-3" aria-hidden />}
        </Link>
      ))}
    </nav>
  );
}

function StrategyCard({ strategy }: { strategy: StrategyInfo }): ReactElement {
  return (
    <li className="card relative flex flex-col gap-2 p-4 hover:bg-hover">
      <StrategyText
        strategy={strategy}
        title={
          <Link
            to={`/strategies/${strategy.id}`}
            prefetch="intent"
            className="font-semibold after:absolute after:inset-0 after:rounded-xl"
          >
            {strategy.name}
          </Link>
        }
      />
      <p className="mt-auto pt-1 text-xs text-ink-3">
        {strategy.stores.join(' and ')} · {nameAnomaly(strategy)}
      </p>
    </li>
  );
}
