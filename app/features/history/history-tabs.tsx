import type { ReactElement } from 'react';

const TABS = [
  { to: '/races', label: 'Races' },
  { to: '/experiments', label: 'Experiments' },
] as const;

/** Address of one of the lists of what was run. */
export type HistoryTab = (typeof TABS)[number]['to'];

/** The two lists of what was run. */
export function HistoryTabs({ current }: { current: HistoryTab }): ReactElement {
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
