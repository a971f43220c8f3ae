import { ArrowRight } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { JobStatus } from '@/model/job';
import { StatusPill } from '~/ui/status-pill';

/** Wraps the link to a page; the caller knows how pages are linked. */
export type RenderLink = (to: string, className: string, children: ReactNode) => ReactNode;

/** A list of past runs, in the order given; its rows are `HistoryRow`s. */
export function HistoryList({ children }: { children: ReactNode }): ReactElement {
  return <ul className="card divide-y divide-line overflow-hidden">{children}</ul>;
}

export interface HistoryRowProps {
  url: string;
  name: ReactNode;
  detail: ReactNode;
  /** The result. */
  results: ReactNode;
  status: JobStatus;
  /** Names of experiments are sentences, those of races are times. */
  wideName?: boolean;
  /** In front of the link, such as a checkbox for the row. */
  before?: ReactNode;
  /** Behind the link, such as buttons. */
  after?: ReactNode;
  renderLink: RenderLink;
}

/** One past run: its time, its result, and the link to it. */
export function HistoryRow(props: HistoryRowProps): ReactElement {
  const { url, name, detail, results, status, wideName = false, before, after, renderLink } = props;
  return (
    <li className="relative flex items-center gap-1 pr-3 hover:bg-hover">
      {before}
      {renderLink(
        url,
        `flex min-w-0 flex-1 items-start gap-x-5 gap-y-2 py-3 pr-2 outline-offset-[-2px] max-sm:flex-col sm:items-center ${before ? 'pl-1' : 'pl-4'}`,
        <>
          <span
            className={`flex max-w-full shrink-0 flex-col text-[0.8125rem] ${wideName ? 'w-72' : 'w-56'}`}
          >
            <span className="font-medium break-words">{name}</span>
            <span className="text-xs text-ink-3">{detail}</span>
          </span>
          <span className="flex max-w-full min-w-0 flex-1 flex-wrap gap-x-6 gap-y-1.5">{results}</span>
          {status !== 'finished' && <StatusPill status={status} />}
          <ArrowRight className="size-4 text-ink-3 max-sm:hidden" aria-hidden />
        </>,
      )}
      {after}
    </li>
  );
}
