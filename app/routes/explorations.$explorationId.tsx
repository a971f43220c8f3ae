import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data } from '@remix-run/node';
import { Form, Link, useLoaderData, useNavigation } from '@remix-run/react';
import { RotateCcw } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import type { Exploration, ExplorationView } from '@/model/exploration';
import { isOver } from '@/model/job';
import type { JobState } from '@/model/job';
import { explorationUrl } from '@/report/addresses';
import { orUnavailable, pageError, statusOf } from '@/server/http/or-unavailable';
import { highlightTypeScriptLines } from '@/server/http/highlight';
import { readForm } from '@/server/http/read-form';
import { Debugger } from '~/features/explorer/debugger';
import { describePlan } from '~/features/explorer/describe-plan';
import { CoverageFacts, ExplorationBanner, OutcomeTable } from '~/features/explorer/exploration-result';
import { RUNS, useReplay } from '~/hooks/use-replay';
import type { ReplayAnswer } from '~/hooks/use-replay';
import type { RenderLink } from '~/features/history/history-list';
import { useJob } from '~/hooks/use-job';
import { describePage } from '~/page-meta';
import { StopButton } from '~/ui/action-buttons';
import { formatCount } from '~/ui/format';
import { StatusPill } from '~/ui/status-pill';
import { useKeys } from '~/ui/use-keys';

export async function loader({ context, params }: LoaderFunctionArgs) {
  const { lab } = context;
  const exploration = await orUnavailable(lab.getExploration(params.explorationId ?? ''));
  if (!exploration) throw unknownExploration();
  const strategy = await orUnavailable(lab.getStrategy(exploration.plan.strategy));
  const source = strategy?.source ?? '';
  return { exploration, source, lines: highlightTypeScriptLines(source) };
}

export async function action({ context, params, request }: ActionFunctionArgs) {
  const id = params.explorationId ?? '';
  const form = await readForm(request);
  const intent = form.get('intent');
  if (intent === 'stop') {
    const stopped = await orUnavailable(context.lab.stopExploration(id));
    return stopped.ok ? data(null) : data(refused(stopped.error.message), { status: statusOf(stopped) });
  }
  if (intent === 'replay') {
    const schedule = form.get('schedule');
    const asked = typeof schedule === 'string' ? schedule : '';
    const replayed = await orUnavailable(context.lab.replaySchedule(id, asked));
    return replayed.ok
      ? data<ReplayAnswer>({ asked, error: null, schedule: replayed.schedule })
      : data(refused(replayed.error.message, asked), { status: statusOf(replayed) });
  }
  return data(refused('The page asked for something that does not exist.'), { status: 400 });
}

function refused(error: string, asked = ''): ReplayAnswer {
  return { asked, error, schedule: null };
}

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) =>
  describePage(`Every interleaving of ${loaded?.exploration.plan.strategy ?? 'a strategy'}`);

/** Without scripts the page of a running exploration reloads itself. */
export const handle = {
  reloadsWithoutScripts: (loaded: unknown) => {
    const status = (loaded as { exploration?: ExplorationView } | undefined)?.exploration?.status;
    return status !== undefined && !isOver(status);
  },
};

/** Progress comes with the news; the result is part of the page's data. */
const isOverNow = ({ status }: JobState) => isOver(status);

export default function ExplorationPage(): ReactElement {
  const { exploration, source, lines } = useLoaderData<typeof loader>() as Loaded;
  const over = isOver(exploration.status);
  const news = useJob('exploration', exploration.id, { active: !over, reloads: isOverNow });
  const { plan, result } = exploration;
  const { status, reason, progress = exploration.progress } = news ?? exploration;
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
        <StatusPill status={status} />
        {!over && <Stop stopping={status === 'stopping'} />}
      </header>
      <p role="status" data-progress className="text-ink-2">
        {formatCount(progress.run)} orders run
        {!over && `, at least ${formatCount(progress.open)} to go`}, {formatCount(progress.violated)} of them
        broke an invariant.
      </p>
      {!over && <progress className="bar" aria-label="Progress of the exploration" />}
      {over && reason !== null && (
        <p className="rounded-xl border border-warning-line bg-warning-wash px-4 py-3 text-warning-ink">
          {reason}
        </p>
      )}
      {result && <Result exploration={exploration} result={result} source={source} lines={lines} />}
    </div>
  );
}

/** Links run their schedules without scrolling, so that the reader can compare. */
const renderRun: RenderLink = (to, className, children) => (
  <Link to={to} className={className} state={RUNS} preventScrollReset>
    {children}
  </Link>
);

interface Loaded {
  exploration: ExplorationView;
  source: string;
  lines: string[];
}

interface ResultProps extends Loaded {
  result: Exploration;
}

/** The result of an exploration, and one of its schedules move by move. */
function Result({ exploration, result, source, lines }: ResultProps): ReactElement {
  const url = explorationUrl(exploration.id);
  const { asked, shown, message, isRunning, Form: ReplayForm } = useReplay(result.violation);
  return (
    <>
      <ExplorationBanner result={result} url={url} renderLink={renderRun} />
      {shown && (
        <Debugger
          key={shown.id}
          schedule={shown}
          attempts={exploration.plan.quantities.length}
          source={source}
          lines={lines}
        />
      )}
      {asked !== undefined && (
        <ReplayForm method="post" preventScrollReset className="flex flex-wrap items-center gap-3">
          <input type="hidden" name="schedule" value={asked} />
          <code className="font-mono text-xs break-all text-ink-2">{asked}</code>
          <button name="intent" value="replay" className="button" disabled={isRunning}>
            <RotateCcw className="size-4" aria-hidden />
            {isRunning ? 'Running…' : shown ? 'Replay it now' : 'Run this schedule'}
          </button>
          <span role="status" data-replay>
            {message}
          </span>
        </ReplayForm>
      )}
      <CoverageFacts result={result} />
      <OutcomeTable result={result} url={url} renderLink={renderRun} />
    </>
  );
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

function unknownExploration(): Response {
  const message = 'There is no exploration at this address.';
  return pageError(404, { code: 'unknown-exploration', message });
}
