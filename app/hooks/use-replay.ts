import { useActionData, useFetcher, useLocation, useSearchParams } from '@remix-run/react';
import type { FetcherWithComponents } from '@remix-run/react';
import { useEffect, useState } from 'react';
import type { ScheduleView } from '@/model/exploration';
import { isSameSchedule } from '~/features/explorer/same-schedule';

/** The response to a request to run a schedule. */
export interface ReplayAnswer {
  asked: string;
  error: string | null;
  schedule: ScheduleView | null;
}

/** State of a link that runs its schedule at once. A link from elsewhere has none, and only shows the page. */
export const RUNS = { run: true } as const;

export interface Replay {
  /** Id of the schedule in the address, or of the violation; undefined if there is neither. */
  asked: string | undefined;
  /** That schedule; null until it was run. */
  shown: ScheduleView | null;
  /** The result of running it, for a person; null when there is nothing to report. */
  message: string | null;
  isRunning: boolean;
  Form: FetcherWithComponents<ReplayAnswer>['Form'];
}

/** The schedule in the page's address, run when a link of the page or a button requests it. */
export function useReplay(violation: ScheduleView | null): Replay {
  const fetcher = useFetcher<ReplayAnswer>();
  const posted = useActionData<ReplayAnswer>();
  const [search] = useSearchParams();
  const wantsRun = (useLocation().state as Partial<typeof RUNS> | null)?.run === true;
  const [runs, setRuns] = useState<ReadonlyMap<string, ScheduleView>>(new Map());
  const asked = search.get('schedule') ?? violation?.id;
  const answer = [fetcher.data, posted].find((one) => one?.asked === asked);
  const last = answer?.schedule ?? null;
  const first = asked === undefined ? undefined : asked === violation?.id ? violation : runs.get(asked);
  const shown = first ?? last;

  useEffect(() => {
    if (last) setRuns((before) => (before.has(last.id) ? before : new Map(before).set(last.id, last)));
  }, [last]);

  const { state, submit } = fetcher;
  const isDue = asked !== undefined && !shown && !answer && wantsRun && state === 'idle';
  useEffect(() => {
    if (isDue) submit({ intent: 'replay', schedule: asked }, { method: 'post' });
  }, [isDue, asked, submit]);

  const message = answer?.error ?? (first && last && first !== last ? compare(first, last) : null);
  return { asked, shown, message, isRunning: state !== 'idle', Form: fetcher.Form };
}

function compare(first: ScheduleView, again: ScheduleView): string {
  return isSameSchedule(first, again)
    ? 'The same result, move by move.'
    : 'The result is different. That is a fault of the explorer: please report it.';
}
