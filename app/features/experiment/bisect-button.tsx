import { Search } from 'lucide-react';
import type { ReactElement } from 'react';

export interface BisectButtonProps {
  strategy: string;
  /** The race whose load plan is bisected; without it, the dashboard's. */
  raceId?: string;
}

/** Starts the search for the smallest concurrency that breaks a strategy. A plain form: it works without scripts. */
export function BisectButton({ strategy, raceId }: BisectButtonProps): ReactElement {
  return (
    <form method="post" action="/experiments?index">
      <input type="hidden" name="intent" value="bisect" />
      <input type="hidden" name="strategy" value={strategy} />
      {raceId !== undefined && <input type="hidden" name="race" value={raceId} />}
      <button className="button" title="Find the smallest concurrency that breaks it">
        <Search className="size-4" aria-hidden />
        Bisect
        <span className="sr-only">: find the smallest concurrency that breaks {strategy}</span>
      </button>
    </form>
  );
}
