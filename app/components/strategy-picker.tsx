import type { ReactElement } from 'react';
import { LIMITS } from '~/lab/load-plan';
import type { Expected, StrategyInfo } from '~/lab/strategy';
import { ExpectedBadge } from './lane-mark';

export interface StrategyPickerProps {
  strategies: readonly StrategyInfo[];
  chosen: readonly string[];
  error: string | undefined;
}

/** The strategies to race, one lane each. */
export function StrategyPicker({ strategies, chosen, error }: StrategyPickerProps): ReactElement {
  return (
    <fieldset>
      <legend className="mb-2 font-medium">
        Strategies <span className="font-normal text-ink-3">one lane each, at most {LIMITS.lanes.max}</span>
      </legend>
      {error !== undefined && <p className="mb-2 text-xs font-medium text-unsafe-ink">{error}</p>}
      <div className="grid gap-2 sm:grid-cols-2 xl:grid-cols-3">
        {unsafeFirst(strategies).map((strategy) => (
          <label
            key={strategy.id}
            className="flex items-start gap-3 rounded-lg border border-line p-3 transition-colors hover:bg-hover has-checked:border-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2"
          >
            <input
              type="checkbox"
              name="strategies"
              value={strategy.id}
              defaultChecked={chosen.includes(strategy.id)}
              className="mt-1 accent-ink outline-none"
            />
            <span className="min-w-0 flex-1">
              <span className="flex flex-wrap items-center justify-between gap-x-2">
                <span className="font-medium">{strategy.name}</span>
                <ExpectedBadge expected={strategy.expected} />
              </span>
              <span className="mt-1 block text-[0.8125rem] text-pretty text-ink-3">{strategy.summary}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const ORDER: Record<Expected, number> = { unsafe: 0, conditional: 1, safe: 2 };

/** Browsers send chosen boxes in the order they stand, and lanes keep it: unsafe on the left, safe on the right. */
function unsafeFirst(strategies: readonly StrategyInfo[]): StrategyInfo[] {
  return [...strategies].sort((a, b) => ORDER[a.expected] - ORDER[b.expected]);
}
