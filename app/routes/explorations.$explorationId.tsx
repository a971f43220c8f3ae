import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data } from '@remix-run/node';
import { Form, Link, useFetcher, useLoaderData, useNavigation } from '@remix-run/react';
import { RotateCcw } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import { isExplorationOver, type ExplorationView, type ScheduleView } from '@/model/exploration';
import { explorationUrl } from '@/report/addresses';
import { orUnavailable, pageError, statusOf } from '@/server/http/or-unavailable';
import { isCrossSite } from '@/server/http/cross-site';
import { highlightTypeScriptLines } from '@/server/http/highlight';
import { readForm } from '@/server/http/read-form';
import { Debugger } from '~/features/explorer/debugger';
import { describePlan } from '~/features/explorer/describe-plan';
import { CoverageFacts, ExplorationBanner, OutcomeTable } from '~/features/explorer/exploration-result';
import { isSameSchedule } from '~/features/explorer/same-schedule';
import { describePage } from '~/page-meta';
import { StopButton } from '~/ui/action-buttons';
import { formatCount } from '~/ui/format';
import { useKeys } from '~/ui/use-keys';
import { usePoll } from '~/use-poll';

/** Explorations run hundreds of schedules a second. */
const POLL_MS = 500;

export async function loader({ context, params, request }: LoaderFunctionArgs) {
  const { lab } = context;
  const id = params.explorationId ?? '';
  const exploration = await orUnavailable(lab.getExploration(id));
  if (!exploration) throw unknownExploration();
  const strategy = await orUnavailable(lab.getStrategy(exploration.plan.strategy));
  const source = strategy?.source ?? '';
  const asked = new URL(request.url).searchParams.get('schedule');
  const { violation = null } = exploration.result ?? {};
  const shown = { exploration, source, lines: highlightTypeScriptLines(source) };
  // what runs has the explorer to itself
  const isOver = isExplorationOver(exploration.status);
  if (asked === null || asked === violation?.id || !isOver)
    return { ...shown, schedule: violation, problem: null };
  if (!mayRun(request)) return { ...shown, schedule: violation, problem: NOT_RUN };
  const replayed = await orUnavailable(lab.replaySchedule(id, asked));
  if (replayed.ok) return { ...shown, schedule: replayed.schedule, problem: null };
  return { ...shown, schedule: null, problem: replayed.error.message };
}

const NOT_RUN = 'A link on another site does not run a schedule. Enter this address yourself to run it.';

/** A link on another site may show a page, but run nothing; nor may a HEAD request. */
function mayRun({ method, headers }: Request): boolean {
  const [site, origin, host] = ['sec-fetch-site', 'origin', 'host'].map((name) => headers.get(name));
  return method !== 'HEAD' && !isCrossSite({ site, origin, host });
}

export async function action({ context, params, request }: ActionFunctionArgs) {
  const id = params.explorationId ?? '';
  const form = await readForm(request);
  const intent = form.get('intent');
  if (intent === 'stop') {
    const stopped = await orUnavailable(context.lab.stopExploration(id));
    return stopped.ok ? data(NOTHING) : data(refused(stopped.error.message), { status: statusOf(stopped) });
  }
  if (intent === 'replay') {
    const schedule = form.get('schedule');
    const asked = typeof schedule === 'string' ? schedule : '';
    const replayed = await orUnavailable(context.lab.replaySchedule(id, asked));
    return replayed.ok
      ? data({ error: null, schedule: replayed.schedule })
      : data(refused(replayed.error.message), { status: statusOf(replayed) });
  }
  return data(refused('The page asked for something that does not exist.'), { status: 400 });
}

interface Answer {
  error: string | null;
  schedule: ScheduleView | null;
}

const NOTHING: Answer = { error: null, schedule: null };
const refused = (error: string): Answer => ({ error, schedule: null });

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) =>
  describePage(`Every interleaving of ${loaded?.exploration.plan.strategy ?? 'a strategy'}`);

/** Without scripts a running exploration is followed by loading the page again. */
export const handle = {
  reloadsWithoutScripts: (loaded: unknown) => {
    const status = (loaded as { exploration?: ExplorationView } | undefined)?.exploration?.status;
    return status !== undefined && !isExplorationOver(status);
  },
};

export default function ExplorationPage(): ReactElement {
  const { exploration, schedule, source, lines, problem } = useLoaderData<typeof loader>() as Loaded;
  const { plan, result, status } = exploration;
  const url = explorationUrl(exploration.id);
  const over = isExplorationOver(status);
  usePoll(!over, POLL_MS);
  return (
    <div className="flex flex-col gap-6 pt-8">
      <header className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1">
          <Link to="/explorer" className="text-[0.8125rem] text-ink-3 hover:text-ink">
            Explorer
          </Link>
          <h1 className="text-2xl font-semibold tracking-tight break-words">
            Every interleaving of {plan.strategy}
          </h1>
          <p className="text-[0.8125rem] text-pretty text-ink-3" data-plan>
            {describePlan(plan)}
          </p>
        </div>
        <span className="chip">{status}</span>
        {!over && <Stop stopping={status === 'stopping'} />}
      </header>
      <p role="status" data-progress className="text-ink-2">
        {formatCount(exploration.progress.run)} orders run
        {!over && `, at least ${formatCount(exploration.progress.open)} to go`},{' '}
        {formatCount(exploration.progress.violated)} of them broke an invariant.
      </p>
      {!over && <progress className="bar" aria-label="Progress of the exploration" />}
      {exploration.reason !== null && (
        <p className="rounded-xl border border-warning-line bg-warning-wash px-4 py-3 text-warning-ink">
          {exploration.reason}
        </p>
      )}
      {problem !== null && (
        <p role="alert" className="text-warning-ink">
          {problem}
        </p>
      )}
      {result && <ExplorationBanner result={result} url={url} />}
      {schedule && (
        <>
          <Debugger
            key={schedule.id}
            schedule={schedule}
            attempts={plan.quantities.length}
            source={source}
            lines={lines}
          />
          <Replay key={`replay ${schedule.id}`} schedule={schedule} />
        </>
      )}
      {result && <CoverageFacts result={result} />}
      {result && <OutcomeTable result={result} url={url} />}
    </div>
  );
}

/** What the loader answers; Remix's own type widens what a statement's values are. */
interface Loaded {
  exploration: ExplorationView;
  schedule: ScheduleView | null;
  source: string;
  lines: string[];
  problem: string | null;
}

function Stop({ stopping }: { stopping: boolean }): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const disabled = useNavigation().state !== 'idle' || stopping;
  useKeys({ x: () => (disabled ? undefined : form.current?.requestSubmit()) });
  return (
    <Form method="post" ref={form} preventScrollReset>
      <StopButton intent="stop" label={stopping ? 'Stopping…' : 'Stop'} disabled={disabled} />
    </Form>
  );
}

function Replay({ schedule }: { schedule: ScheduleView }): ReactElement {
  const fetcher = useFetcher<Answer>();
  const again = fetcher.data?.schedule;
  const busy = fetcher.state !== 'idle';
  return (
    <fetcher.Form method="post" className="flex flex-wrap items-center gap-3">
      <input type="hidden" name="schedule" value={schedule.id} />
      <code className="font-mono text-xs break-all text-ink-2">{schedule.id}</code>
      <button name="intent" value="replay" className="button" disabled={busy}>
        <RotateCcw className="size-4" aria-hidden />
        {busy ? 'Replaying…' : 'Replay it now'}
      </button>
      <span role="status" data-replay>
        {fetcher.data?.error}
        {again &&
          (isSameSchedule(again, schedule)
            ? 'The same result, move by move.'
            : 'The result is different. That is a fault of the explorer: please report it.')}
      </span>
    </fetcher.Form>
  );
}

function unknownExploration(): Response {
  const message = 'There is no exploration at this address.';
  return pageError(404, { code: 'unknown-exploration', message });
}
