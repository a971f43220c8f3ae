import { ClipboardList, Download } from 'lucide-react';
import { useEffect, useRef, type ReactElement, type RefObject } from 'react';
import type { RaceView } from '@/model/race';
import { CopyButton } from '~/ui/copy-button';

/**
 * The downloads of a finished race, as a disclosure: it works by keyboard and without scripts. With scripts, Escape and
 * any action elsewhere on the page close it.
 */
export function ExportMenu({ race }: { race: RaceView }): ReactElement {
  const menu = useClosing();
  const files = [
    { format: 'json', name: 'JSON', about: 'the race with its verdicts' },
    { format: 'html', name: 'HTML', about: 'this page as one file, for a browser without network' },
    { format: 'csv', name: 'CSV', about: 'one row a lane, with every figure' },
    { format: 'junit.xml', name: 'JUnit (XML)', about: 'a test case a check, for CI servers' },
    { format: 'md', name: 'Markdown', about: 'a table of lanes, for a pull request' },
    ...(race.lanes.some(({ finalRows }) => finalRows !== null)
      ? [
          { format: 'ndjson', name: 'History (NDJSON)', about: 'every attempt and order, to audit again' },
          { format: 'edn', name: 'Jepsen (EDN)', about: 'the same, for other checkers' },
        ]
      : []),
  ];
  return (
    <details ref={menu} className="sm:relative">
      <summary className="button list-none [&::-webkit-details-marker]:hidden">
        <Download className="size-4" aria-hidden />
        <span className="max-sm:sr-only">Export</span>
      </summary>
      <ul className="card absolute inset-x-4 z-30 mt-1 p-1 shadow-float sm:inset-x-auto sm:right-0 sm:w-64">
        {files.map(({ format, name, about }) => (
          <li key={format}>
            <a
              href={`/api/races/${race.id}/export.${format}`}
              className="block rounded px-3 py-2 hover:bg-canvas focus-visible:bg-canvas"
              download
            >
              <span className="font-medium">{name}</span>
              <span className="block text-[0.8125rem] text-ink-2">{about}</span>
            </a>
          </li>
        ))}
        <li className="border-t border-line px-3 py-2 noscript:hidden">
          <CopyButton
            name="Copy summary"
            Icon={ClipboardList}
            read={async () => (await fetch(`/api/races/${race.id}/export.md`)).text()}
            className="flex items-center gap-2 font-medium hover:underline"
          />
        </li>
      </ul>
    </details>
  );
}

/** Closes a disclosure on Escape, on a press outside it, and when the focus leaves it. */
function useClosing(): RefObject<HTMLDetailsElement> {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const closeOutside = ({ target }: Event) => {
      const { current } = details;
      if (current?.open && target instanceof Node && !current.contains(target)) current.open = false;
    };
    const closeOnEscape = (event: KeyboardEvent) => {
      const { current } = details;
      if (event.key !== 'Escape' || !current?.open) return;
      const hadFocus = current.contains(document.activeElement);
      current.open = false;
      if (hadFocus) current.querySelector('summary')?.focus();
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    document.addEventListener('keydown', closeOnEscape);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
      document.removeEventListener('keydown', closeOnEscape);
    };
  }, []);
  return details;
}
