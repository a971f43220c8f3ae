import { FileUp } from 'lucide-react';
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { Refused } from '~/ui/refused';
import type { RenderLink } from './history-list';

export interface HistoryPageProps {
  tab: HistoryTab;
  title: string;
  help: string;
  /** Why the server refused the last request. */
  refused: string | null;
  /** What the last request has done. */
  done: string | null;
  children: ReactNode;
}

/** The frame of a list of past runs. */
export function HistoryPage({ tab, title, help, refused, done, children }: HistoryPageProps): ReactElement {
  return (
    <div className="flex flex-col gap-5 pt-8">
      <header className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <HistoryTabs current={tab} />
          <a href="/open" className="button min-h-8 text-[0.8125rem]">
            <FileUp className="size-4" aria-hidden />
            Open a file
          </a>
        </div>
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          <p className="mt-1 text-pretty text-ink-2">{help}</p>
        </div>
      </header>
      {refused !== null && <Refused message={refused} />}
      {done !== null && <Done message={done} />}
      {children}
    </div>
  );
}

/** What the last request has done. Takes the focus, because the element that had it is gone. */
export function Done({ message }: { message: string }): ReactElement {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => line.current?.focus(), [message]);
  return (
    <p ref={line} role="status" tabIndex={-1} className="card px-4 py-3 text-ink-2">
      {message}
    </p>
  );
}

export interface PagerProps {
  /** What the list contains: "races". */
  what: string;
  /** Address of the first page; null on it. */
  newest: string | null;
  /** Address of the next page; null on the last. */
  older: string | null;
  renderLink: RenderLink;
}

/** The links to the other pages of a list, newest first. */
export function Pager({ what, newest, older, renderLink }: PagerProps): ReactElement | null {
  if (newest === null && older === null) return null;
  return (
    <nav aria-label={`More ${what}`} className="flex gap-2">
      {newest !== null && renderLink(newest, 'button', 'Newest')}
      {older !== null && renderLink(older, 'button', 'Older')}
    </nav>
  );
}

export interface NothingHereProps {
  title: string;
  help: ReactNode;
  /** A link that leads on. */
  children: ReactNode;
}

/** In place of a list without rows: why there are none, and what to do about it. */
export function NothingHere({ title, help, children }: NothingHereProps): ReactElement {
  return (
    <div className="card flex flex-col items-center gap-4 px-6 py-16 text-center">
      <p className="text-base font-semibold">{title}</p>
      <div className="max-w-md text-pretty text-ink-2">{help}</div>
      {children}
    </div>
  );
}

const TABS = [
  { to: '/races', label: 'Races' },
  { to: '/experiments', label: 'Experiments' },
] as const;

/** Address of one of the lists of past runs. */
type HistoryTab = (typeof TABS)[number]['to'];

/** The two lists of past runs. */
function HistoryTabs({ current }: { current: HistoryTab }): ReactElement {
  return (
    <nav aria-label="Lists" className="flex gap-1">
      {TABS.map(({ to, label }) => (
        <a
          key={to}
          href={to}
          aria-current={to === current ? 'page' : undefined}
          className={`rounded-md border px-2.5 py-1 text-[0.8125rem] font-medium ${to === current ? 'border-line bg-surface text-ink' : 'border-transparent text-ink-2 hover:text-ink'}`}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}
