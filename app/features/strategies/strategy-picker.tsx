import { Search } from 'lucide-react';
import { useRef, useState, type ReactElement } from 'react';
import type { Expected, StrategyInfo } from '@/model/strategy';
import { PLAN_FIELDS } from '@/plan/fields';
import { LaneMark } from '~/ui/lane/lane-mark';
import { useKeys } from '~/ui/use-keys';
import { pickStrategies, unsafeFirst } from './pick-strategies';
import { StrategyText } from './strategy-text';

export interface StrategyPickerProps {
  strategies: readonly StrategyInfo[];
  chosen: readonly string[];
  error: string | undefined;
  /** Whether keyboard shortcuts apply: `1` to `9` toggle the first nine shown, `/` goes to the filter. */
  hasKeys: boolean;
  /** Called with the selected ids, in the order of their lanes. */
  onChange: (ids: string[]) => void;
}

const { label, hint, max } = PLAN_FIELDS.strategies;
const CLASSES = ['unsafe', 'conditional', 'safe'] as const satisfies readonly Expected[];

/** The strategies to race, one lane each. A selected strategy stays selected when a filter hides it. */
export function StrategyPicker(props: StrategyPickerProps): ReactElement {
  const { strategies, chosen, error, hasKeys, onChange } = props;
  const [text, setText] = useState('');
  const [expected, setExpected] = useState<Expected | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const ordered = unsafeFirst(strategies);
  const shown = pickStrategies(ordered, { text, expected });
  const shownIds = shown.map(({ id }) => id);
  const choose = (ids: readonly string[]) =>
    onChange(ordered.map(({ id }) => id).filter((id) => ids.includes(id)));
  const add = (ids: readonly string[]) => choose([...chosen, ...ids]);
  const toggle = (id: string) =>
    chosen.includes(id) ? choose(chosen.filter((one) => one !== id)) : add([id]);
  const keys = {
    ...Object.fromEntries(shownIds.slice(0, 9).map((id, i) => [String(i + 1), () => toggle(id)])),
    '/': () => search.current?.focus(),
  };
  useKeys(hasKeys ? keys : {});
  const safe = ordered.filter((one) => one.expected === 'safe').map(({ id }) => id);
  const narrowed = shown.length < ordered.length ? ' shown' : '';
  return (
    <fieldset aria-describedby="strategies-count" className="min-w-0">
      <legend className="mb-2 font-medium">
        {label} <span className="font-normal text-ink-3">{`${hint}, at most ${max}`}</span>
      </legend>
      <div className="mb-3 flex flex-wrap items-center gap-2 noscript:hidden">
        <span className="relative min-w-48 flex-1 sm:max-w-64">
          <Search className="absolute top-2.5 left-2.5 size-4 text-ink-3" aria-hidden />
          <input
            ref={search}
            type="search"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              // Enter in a filter does not start a race
              if (event.key === 'Enter') event.preventDefault();
            }}
            placeholder="Filter strategies"
            aria-label="Filter strategies"
            className="field pl-8 placeholder:text-ink-3"
          />
        </span>
        <span role="group" aria-label="By class" className="flex flex-wrap gap-1.5">
          {CLASSES.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={expected === one}
              onClick={() => setExpected(expected === one ? null : one)}
              className={`chip ${expected === one ? 'border-ink bg-hover text-ink' : 'hover:bg-hover'}`}
            >
              <LaneMark expected={one} className="size-2" />
              {one}
              <span className="font-normal text-ink-3">
                {pickStrategies(ordered, { text, expected: one }).length}
              </span>
            </button>
          ))}
        </span>
        <span role="group" aria-label="Choose" className="flex flex-wrap gap-1.5 sm:ml-auto">
          <PickButton onClick={() => add(safe)}>All safe</PickButton>
          <PickButton onClick={() => add(shownIds)}>All{narrowed}</PickButton>
          <PickButton onClick={() => choose(chosen.filter((id) => !shownIds.includes(id)))}>
            None{narrowed}
          </PickButton>
        </span>
      </div>
      <p id="strategies-count" className="mb-2 min-h-4 text-xs" aria-live="polite">
        {error === undefined ? (
          <span className="text-ink-3">{countLanes(chosen, shownIds)}</span>
        ) : (
          <span className="font-medium text-unsafe-ink" data-error="strategies">
            {error}
          </span>
        )}
      </p>
      <div className="-m-1 grid max-h-[32rem] gap-2 overflow-y-auto p-1 sm:grid-cols-2 xl:grid-cols-3">
        {ordered.map((strategy) => (
          <StrategyBox
            key={strategy.id}
            strategy={strategy}
            chosen={chosen.includes(strategy.id)}
            place={shownIds.indexOf(strategy.id)}
            onToggle={() => toggle(strategy.id)}
          />
        ))}
        {shown.length === 0 && <p className="py-6 text-ink-2">No strategy is all of that.</p>}
      </div>
    </fieldset>
  );
}

function countLanes(chosen: readonly string[], shown: readonly string[]): string {
  const hidden = chosen.filter((id) => !shown.includes(id)).length;
  const lanes = chosen.length === 1 ? '1 lane' : `${chosen.length} lanes`;
  return hidden === 0 ? lanes : `${lanes}, ${hidden} of them not shown`;
}

function PickButton({ onClick, children }: { onClick: () => void; children: React.ReactNode }): ReactElement {
  return (
    <button type="button" onClick={onClick} className="button min-h-8 px-2.5 text-[0.8125rem]">
      {children}
    </button>
  );
}

interface StrategyBoxProps {
  strategy: StrategyInfo;
  chosen: boolean;
  /** Index among those shown; -1 if it is hidden and only rendered to be sent. */
  place: number;
  onToggle: () => void;
}

function StrategyBox({ strategy, chosen, place, onToggle }: StrategyBoxProps): ReactElement {
  return (
    <label
      hidden={place < 0}
      className="flex items-start gap-3 rounded-lg border border-line p-3 transition-colors hover:bg-hover has-checked:border-ink has-checked:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-offset-2"
    >
      <input
        type="checkbox"
        name="strategies"
        value={strategy.id}
        checked={chosen}
        onChange={onToggle}
        className="mt-1 accent-ink outline-none"
      />
      <span className="flex min-w-0 flex-1 flex-col gap-1">
        <StrategyText strategy={strategy} title={<span className="font-semibold">{strategy.name}</span>} />
      </span>
      {place >= 0 && place < 9 && (
        <kbd className="key text-ink-3 max-sm:hidden noscript:hidden" aria-hidden>
          {place + 1}
        </kbd>
      )}
    </label>
  );
}
