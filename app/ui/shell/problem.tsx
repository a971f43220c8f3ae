import { CircleAlert, DatabaseZap, Hourglass, SearchX, Unplug } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

export type ProblemKind = 'not-found' | 'busy' | 'database' | 'offline' | 'lab';

const ICONS = {
  'not-found': SearchX,
  busy: Hourglass,
  database: DatabaseZap,
  offline: Unplug,
  lab: CircleAlert,
};

export interface ProblemProps {
  kind: ProblemKind;
  title: string;
  message: string;
  /** What the reader can do about it. */
  children?: ReactNode;
}

/** A page that could not be shown: what happened, and what to do. Deliberately unlike a verdict. */
export function Problem({ kind, title, message, children }: ProblemProps): ReactElement {
  const Icon = ICONS[kind];
  return (
    <section className="mx-auto flex max-w-xl flex-col items-start gap-4 py-20">
      <span className="grid size-11 place-items-center rounded-xl border border-line bg-surface text-ink-2">
        <Icon className="size-5" aria-hidden />
      </span>
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="text-base text-pretty text-ink-2">{message}</p>
      {children && <div className="flex flex-wrap gap-2 pt-1">{children}</div>}
    </section>
  );
}

/** Words for an error that reached a boundary: a response with a status, or an error thrown in the browser. */
export function describeProblem(
  status: number | null,
  body: unknown,
  error: unknown,
): Omit<ProblemProps, 'children'> {
  const message = readText(body, 'message');
  if (status === 503 && readText(body, 'code') === 'busy') {
    return { kind: 'busy', title: 'The lab is busy', message: message ?? 'Try again shortly.' };
  }
  if (status === 404) {
    return {
      kind: 'not-found',
      title: 'Not found',
      message: message ?? 'There is no page at this address.',
    };
  }
  if (status === 503) {
    return {
      kind: 'database',
      title: 'The lab’s database cannot be reached',
      message: message ?? 'PostgreSQL does not answer. The page works again once it is back.',
    };
  }
  if (status === null && isNetworkFailure(error)) {
    return {
      kind: 'offline',
      title: 'The server cannot be reached',
      message:
        'It may have been stopped, or be restarting. Races that have finished are stored and will be back.',
    };
  }
  return {
    kind: 'lab',
    title: status !== null && status < 500 ? 'The server refused this' : 'The lab failed',
    message:
      message ?? 'This is a fault of the lab, not a verdict on a strategy. The server’s log has the details.',
  };
}

function readText(body: unknown, field: 'code' | 'message'): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const text = (body as Partial<Record<typeof field, unknown>>)[field];
  return typeof text === 'string' ? text : null;
}

/** The browsers' names for a fetch without a response: Chrome, Firefox, Safari. */
function isNetworkFailure(error: unknown): boolean {
  return error instanceof TypeError && /failed to fetch|networkerror|load failed/i.test(error.message);
}
