import { Search, X } from 'lucide-react';
import { forwardRef, useState, type ReactElement } from 'react';
import type { ParsedSearch } from '~/live/log-query';

export interface LogSearchProps {
  text: string;
  parsed: ParsedSearch;
  onChange: (text: string) => void;
}

const EXAMPLES: [string, string][] = [
  ['#120', 'attempt number 120, or a whole attempt id'],
  ['retries > 0', 'had to try again'],
  ['took > 50 ms', 'slower than that; also us and s'],
  ['left < 0', 'was told less than nothing is left'],
];

/** The search field of the log. While it has the focus, the supported syntax is listed. */
export const LogSearch = forwardRef<HTMLInputElement, LogSearchProps>(function LogSearch(
  { text, parsed, onChange },
  field,
): ReactElement {
  const [isUsed, setIsUsed] = useState(false);
  const problem = parsed.ok ? null : parsed.message;
  return (
    <div
      className="relative w-full sm:w-72 print:hidden"
      onFocus={() => setIsUsed(true)}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setIsUsed(false);
      }}
    >
      <Search className="absolute top-2 left-2.5 size-4 text-ink-3" aria-hidden />
      <input
        ref={field}
        type="text"
        role="searchbox"
        className="field min-h-8 pr-8 pl-8 text-[0.8125rem]"
        placeholder="Search: retries > 0"
        aria-label="Search the requests"
        aria-describedby="log-search-help"
        aria-invalid={problem !== null}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
      {text !== '' && (
        <button
          type="button"
          className="absolute top-1 right-1 grid size-6 place-items-center rounded text-ink-3 hover:bg-hover"
          aria-label="Clear the search"
          onClick={() => onChange('')}
        >
          <X className="size-3.5" aria-hidden />
        </button>
      )}
      <div
        id="log-search-help"
        className={`absolute inset-x-0 top-full z-10 mt-1 rounded-lg border border-line bg-surface px-3 py-2 text-xs shadow-float ${isUsed ? '' : 'hidden'}`}
      >
        {problem !== null && <p className="mb-1.5 font-medium text-warning-ink">{problem}</p>}
        <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1">
          {EXAMPLES.map(([term, means]) => (
            <div key={term} className="contents">
              <dt>
                <code className="font-mono whitespace-nowrap">{term}</code>
              </dt>
              <dd className="text-ink-3">{means}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-1.5 text-ink-3">Several at once: all must hold.</p>
      </div>
    </div>
  );
});
