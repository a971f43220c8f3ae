import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { redirect } from '@remix-run/node';
import { Form, Link, useLoaderData, useNavigation } from '@remix-run/react';
import { LoaderCircle, Play } from 'lucide-react';
import type { ReactElement } from 'react';
import type { IsolationState } from '@/model/isolation';
import type { RunningJob } from '@/model/job';
import { IsolationMatrix } from '~/features/explorer/isolation-matrix';
import { describePage } from '~/page-meta';
import { Refused } from '~/ui/refused';
import { TurnLink } from '~/ui/turn-link';
import { usePoll } from '~/hooks/use-poll';

export const meta: MetaFunction = () => describePage('Isolation levels');

export function loader({ context, request }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const chosen = { id: searchParams.get('case'), level: searchParams.get('level') };
  const test = context.lab.isolationState();
  return { test, chosen, turn: test.status === 'queued' ? context.lab.runningJob() : null };
}

/** Queues the test; the loader returns its state. */
export function action({ context }: ActionFunctionArgs) {
  context.lab.testIsolation().catch(context.reportError);
  return redirect('/isolation');
}

/** Without scripts the page of a queued or running test reloads itself. */
export const handle = {
  reloadsWithoutScripts: (loaded: unknown) => isUnderWay((loaded as ReturnType<typeof loader>).test),
};

function isUnderWay({ status }: IsolationState): boolean {
  return status === 'queued' || status === 'running';
}

export default function IsolationPage(): ReactElement {
  const { test, chosen, turn } = useLoaderData<typeof loader>();
  usePoll(isUnderWay(test));
  return (
    <div className="flex flex-col gap-6 pt-8">
      <header>
        <Link to="/explorer" className="text-[0.8125rem] text-ink-3 hover:text-ink">
          Explorer
        </Link>
        <h1 className="text-2xl font-semibold tracking-tight text-balance">
          What your PostgreSQL version really guarantees
        </h1>
        <p className="mt-1 max-w-3xl text-pretty text-ink-2">
          The cases of Hermitage, run on the connected server at each isolation level. “Prevented” is what
          these scripts show, and no proof that the anomaly cannot happen otherwise.
        </p>
      </header>
      {test.problem !== null && <Refused message={test.problem} />}
      {test.report ? (
        <IsolationMatrix report={test.report} chosen={chosen} />
      ) : (
        <div className="card flex flex-col items-center gap-4 px-4 py-12 text-center text-ink-2">
          {isUnderWay(test) ? <UnderWay turn={turn} /> : <RunIt />}
        </div>
      )}
    </div>
  );
}

function UnderWay({ turn }: { turn: RunningJob | null }): ReactElement {
  return (
    <p role="status" className="flex items-center gap-2 text-pretty">
      <LoaderCircle className="size-4 shrink-0 motion-safe:animate-spin" aria-hidden />
      {turn ? (
        <span>
          Waiting for <TurnLink turn={turn} />.
        </span>
      ) : (
        'Running every case at every isolation level…'
      )}
    </p>
  );
}

function RunIt(): ReactElement {
  const busy = useNavigation().state !== 'idle';
  return (
    <>
      <p className="text-pretty">
        Not run yet since this server started. It takes a few seconds, and waits while a race or an
        exploration runs.
      </p>
      <Form method="post">
        <button className="button button-primary" disabled={busy}>
          <Play className="size-4" fill="currentColor" aria-hidden />
          {busy ? 'Starting…' : 'Run it'}
        </button>
      </Form>
    </>
  );
}
