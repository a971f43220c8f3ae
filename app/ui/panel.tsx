import type { ReactElement, ReactNode } from 'react';

export interface PanelProps {
  id: string;
  title: string;
  /** One or two short sentences: what is shown, and how to read it. */
  help: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A section of a page: title, help, and one cell per lane. */
export function Panel({ id, title, help, actions, children }: PanelProps): ReactElement {
  return (
    <section aria-labelledby={`${id}-title`} className="flex flex-col gap-3">
      <header className="flex min-h-8 items-end justify-between gap-x-4 gap-y-2 max-sm:flex-wrap">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <h2 id={`${id}-title`} className="text-[0.9375rem] font-semibold tracking-tight">
            {title}
          </h2>
          <p className="text-[0.8125rem] text-pretty text-ink-3">{help}</p>
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}
