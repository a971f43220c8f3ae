import { Search, X } from 'lucide-react';
import { useEffect, useRef, type ChangeEvent, type ReactElement, type ReactNode } from 'react';
import { RACE_STATUSES, VERDICTS } from '@/model/race';
import { LOAD_MODELS } from '@/plan/load-plan';
import type { RaceFilter } from '@/plan/race-query';
import { useKeys } from '~/ui/use-keys';
import { useScripted } from '~/ui/use-scripted';
import type { RenderLink } from './history-list';
import { addressForm, isNarrow } from './race-filter';

export interface RaceSearchProps {
  filter: RaceFilter;
  /** Navigates to a list; `typing` while the text is being written, which adds no history entry for each letter. */
  onSearch: (address: string, how: { typing: boolean }) => void;
  renderLink: RenderLink;
}

/** Pause in typing after which the search queries the database, ms. */
const PAUSE_MS = 250;

const CHOICES = [
  { name: 'verdict', label: 'Verdict', any: 'any verdict', values: VERDICTS },
  { name: 'status', label: 'Status', any: 'any status', values: RACE_STATUSES },
  { name: 'model', label: 'Model', any: 'any model', values: LOAD_MODELS },
] as const;

/** Filters the list of races: a plain form that, with scripts, searches while the reader types. */
export function RaceSearch({ filter, onSearch, renderLink }: RaceSearchProps): ReactElement {
  const scripted = useScripted();
  const form = useRef<HTMLFormElement>(null);
  const typing = useTyping(filter.strategy ?? '', (how) => {
    if (form.current) onSearch(addressForm(new FormData(form.current)), how);
  });
  useKeys({ '/': () => typing.field.current?.focus() });
  return (
    <form
      ref={form}
      method="get"
      action="/races"
      role="search"
      aria-label="Races"
      onSubmit={(event) => {
        event.preventDefault();
        typing.searchNow();
      }}
      className="flex flex-wrap items-end gap-2"
    >
      <Labelled label="Strategy" className="min-w-52 flex-1 sm:max-w-80">
        <span className="relative block">
          <Search className="absolute top-2.5 left-2.5 size-4 text-ink-3" aria-hidden />
          <input
            ref={typing.field}
            type="search"
            name="strategy"
            defaultValue={filter.strategy}
            onInput={typing.onInput}
            maxLength={100}
            placeholder="id or name, or a part of it"
            autoComplete="off"
            className="field pr-9 pl-8"
          />
          {scripted && <kbd className="key absolute top-2 right-2 text-ink-3 max-sm:hidden">/</kbd>}
        </span>
      </Labelled>
      {CHOICES.map(({ name, label, any, values }) => (
        <Labelled key={name} label={label} className="max-sm:min-w-28 max-sm:flex-1">
          <Choice
            name={name}
            any={any}
            values={values}
            chosen={filter[name] ?? ''}
            onChoose={typing.searchNow}
          />
        </Labelled>
      ))}
      {!scripted && <button className="button">Search</button>}
      {isNarrow(filter) &&
        renderLink(
          '/races',
          'button button-quiet',
          <>
            <X className="size-4" aria-hidden />
            Clear
          </>,
        )}
    </form>
  );
}

interface ChoiceProps {
  name: string;
  any: string;
  values: readonly string[];
  chosen: string;
  onChoose: () => void;
}

/** Shows the value in the address, also after going back, and keeps the focus if the reader has just chosen it. */
function Choice({ name, any, values, chosen, onChoose }: ChoiceProps): ReactElement {
  const field = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    if (field.current) field.current.value = chosen;
  }, [chosen]);
  return (
    <select ref={field} name={name} defaultValue={chosen} onChange={onChoose} className="field pr-8">
      <option value="">{any}</option>
      {values.map((value) => (
        <option key={value}>{value}</option>
      ))}
    </select>
  );
}

/** Searches after each pause in typing, and follows the address when something else has changed it. */
function useTyping(text: string, search: (how: { typing: boolean }) => void) {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  /** The last search: its response must not overwrite what the reader has typed since. */
  const asked = useRef(text);
  const ask = (typing: boolean) => {
    clearTimeout(timer.current);
    asked.current = field.current?.value.trim() ?? '';
    search({ typing });
  };
  useEffect(() => {
    if (text === asked.current) return;
    asked.current = text;
    if (field.current) field.current.value = text;
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    field,
    searchNow: () => ask(false),
    onInput: (_event: ChangeEvent<HTMLInputElement>) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => ask(true), PAUSE_MS);
    },
  };
}

function Labelled({
  label,
  className,
  children,
}: {
  label: string;
  className: string;
  children: ReactNode;
}): ReactElement {
  return (
    <label className={`flex flex-col gap-1 text-xs text-ink-2 ${className}`}>
      {label}
      <span className="text-sm text-ink">{children}</span>
    </label>
  );
}
