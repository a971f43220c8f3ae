import { Plus } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { RaceSummary } from '@/model/race';
import { COMPARED } from '@/report/compare-races';
import { describePlan } from '@/report/plan-words';
import { VerdictChip } from '~/features/race/verdict/verdict-chip';
import { Timestamp } from '~/ui/timestamp';
import type { AskedComparison } from './compare-address';

export interface AddRacesProps {
  asked: AskedComparison;
  /** The latest races of the same strategy. */
  suggestions: readonly RaceSummary[];
  /** Whether the page offers nothing else to do. */
  open: boolean;
  /** The form that opens the comparison, around its fields. */
  renderForm: (fields: ReactNode) => ReactNode;
}

/** Adds races to a comparison: those of the same strategy, or any by its id or address. */
export function AddRaces({ asked, suggestions, open, renderForm }: AddRacesProps): ReactElement | null {
  const room = COMPARED.max - asked.races.length;
  if (room <= 0) return null;
  return (
    <details open={open} className="card px-4 py-3">
      <summary className="flex items-center gap-2 font-medium">
        <Plus className="size-4" aria-hidden />
        Add races
        <span className="text-[0.8125rem] font-normal text-ink-3">up to {room} more</span>
      </summary>
      {renderForm(
        <div className="flex flex-col gap-3 pt-3">
          <input type="hidden" name="races" value={asked.races.join(',')} />
          {asked.races.length > 1 && <input type="hidden" name="baseline" value={asked.baseline + 1} />}
          {asked.allFields && <input type="hidden" name="plan" value="all" />}
          {suggestions.length > 0 && (
            <fieldset className="flex flex-col gap-1">
              <legend className="mb-1 text-[0.8125rem] text-ink-2">The latest of the same strategy</legend>
              {suggestions.map((race) => (
                <Suggestion key={race.id} race={race} />
              ))}
            </fieldset>
          )}
          <span className="flex flex-wrap items-end gap-2">
            <label className="flex min-w-0 flex-1 flex-col gap-1 text-[0.8125rem] text-ink-2 sm:max-w-96">
              Any other, by its id or address
              <input name="add" className="field text-ink" autoComplete="off" maxLength={1_000} />
            </label>
            <button className="button">Add</button>
          </span>
        </div>,
      )}
    </details>
  );
}

function Suggestion({ race }: { race: RaceSummary }): ReactElement {
  return (
    <label className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md px-1 py-1 text-[0.8125rem] hover:bg-hover">
      <input type="checkbox" name="id" value={race.id} className="size-4 accent-ink" />
      <Timestamp iso={race.createdAt} />
      <span className="text-ink-3">{describePlan(race.plan).slice(0, 3).join(', ')}</span>
      <span className="flex flex-wrap gap-x-4 gap-y-1">
        {race.lanes.map((lane) => (
          <VerdictChip key={lane.index} lane={lane} />
        ))}
      </span>
    </label>
  );
}
