import { GitCompareArrows, Trash2, X } from 'lucide-react';
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { COMPARED } from '@/report/compare-races';
import { plural } from '~/ui/format';
import { useScripted } from '~/ui/use-scripted';

/** The form that the checkboxes of a list belong to, wherever they are. */
export const SELECTION_FORM = 'selection';

export interface Selection {
  /** Ids, in the order in which they were chosen. */
  chosen: readonly string[];
  set: (ids: readonly string[], on: boolean) => void;
}

/** The selected entries of a list, kept while its pages and filters change. `gone`: ids that were deleted. */
export function useSelection(gone: readonly string[]): Selection {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const set = useCallback(
    (ids: readonly string[], on: boolean) =>
      setChosen((before) => {
        const others = before.filter((id) => !ids.includes(id));
        return on ? [...others, ...ids] : others;
      }),
    [],
  );
  useEffect(() => set(gone, false), [gone, set]);
  return { chosen, set };
}

export interface ChoiceBoxProps {
  id: string;
  label: string;
  selection: Selection;
}

/** The checkbox that selects a row. */
export function ChoiceBox({ id, label, selection }: ChoiceBoxProps): ReactElement {
  return (
    <label className="grid place-items-center self-stretch pr-1 pl-4">
      <input
        type="checkbox"
        form={SELECTION_FORM}
        name="id"
        value={id}
        checked={selection.chosen.includes(id)}
        onChange={(event) => selection.set([id], event.currentTarget.checked)}
        aria-label={label}
        className="size-4 accent-ink"
      />
    </label>
  );
}

export interface SelectionBarProps {
  selection: Selection;
  /** Ids of the rows in view. */
  shown: readonly string[];
}

/** The actions for the selected entries. Rendered inside the form `SELECTION_FORM`. */
export function SelectionBar({ selection, shown }: SelectionBarProps): ReactElement {
  const scripted = useScripted();
  const { chosen, set } = selection;
  const elsewhere = chosen.filter((id) => !shown.includes(id));
  const count = chosen.length;
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-2">
      {scripted && (
        <label className="flex items-center gap-2 pl-4 text-[0.8125rem] text-ink-2">
          <input
            type="checkbox"
            checked={elsewhere.length + shown.length === count && shown.length > 0}
            onChange={(event) => set(shown, event.currentTarget.checked)}
            className="size-4 accent-ink"
          />
          All in view
        </label>
      )}
      {elsewhere.map((id) => (
        <input key={id} type="hidden" name="id" value={id} />
      ))}
      <p className="text-[0.8125rem] text-ink-2" role="status">
        {describe(count, elsewhere.length)}
      </p>
      {count > 0 && (
        <button
          type="button"
          onClick={() => set(chosen, false)}
          className="button button-quiet min-h-8 px-2 text-[0.8125rem]"
        >
          <X className="size-3.5" aria-hidden />
          Choose none
        </button>
      )}
      <span className="ml-auto flex gap-2">
        <button
          formMethod="get"
          formAction="/compare"
          disabled={scripted && (count < COMPARED.min || count > COMPARED.max)}
          className="button"
        >
          <GitCompareArrows className="size-4" aria-hidden />
          Compare
        </button>
        <button name="intent" value="delete" disabled={scripted && count === 0} className="button">
          <Trash2 className="size-4" aria-hidden />
          Delete
        </button>
      </span>
    </div>
  );
}

function describe(count: number, elsewhere: number): string {
  if (count === 0) return `Choose ${COMPARED.min} to ${COMPARED.max} races to compare.`;
  const where = elsewhere === 0 ? '' : `, ${elsewhere} of them not in view`;
  const most = count > COMPARED.max ? ` At most ${COMPARED.max} can be compared.` : '';
  return `${plural(count, 'race')} chosen${where}.${most}`;
}
