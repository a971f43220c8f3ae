import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data, redirect } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { CircleAlert, Play } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { explorationUrl } from '@/report/addresses';
import { orUnavailable, statusOf } from '@/server/http/or-unavailable';
import { readForm } from '@/server/http/read-form';
import { ExplorationFields } from '~/features/explorer/exploration-fields';
import {
  defaultExploration,
  readExplorationForm,
  toExplorationRequest,
} from '~/features/explorer/exploration-form';
import { errorsByField } from '@/plan/form';
import { describePage } from '~/page-meta';
import { formatCount } from '~/ui/format';
import { Timestamp } from '~/ui/timestamp';

const LATEST = 20;

export const meta: MetaFunction = () => describePage('Explorer');

export async function loader({ context, request }: LoaderFunctionArgs) {
  const { strategies } = context.lab;
  const asked = new URL(request.url).searchParams.get('strategy');
  const chosen = strategies.find(({ id }) => id === asked)?.id ?? 'read-then-write';
  const explorations = await orUnavailable(context.lab.listExplorations(LATEST));
  return { strategies, chosen, explorations };
}

export async function action({ context, request }: ActionFunctionArgs) {
  const fields = readExplorationForm(await readForm(request));
  const started = await orUnavailable(context.lab.startExploration(toExplorationRequest(fields)));
  if (started.ok) return redirect(explorationUrl(started.id));
  return data({ fields, error: started.error }, { status: statusOf(started) });
}

export default function ExplorerPage(): ReactElement {
  const { strategies, chosen } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const [id, choose] = useState(refused?.fields.strategy ?? chosen);
  const strategy = strategies.find((one) => one.id === id) ?? { id, anomaly: 'lost update' as const };
  const isRefused = refused?.fields.strategy === id;
  const busy = useNavigation().state !== 'idle';
  return (
    <div className="flex flex-col gap-8 pt-8">
      <header>
        <h1 className="text-2xl font-semibold tracking-tight">Explorer</h1>
        <p className="mt-1 max-w-3xl text-pretty text-ink-2">
          Every order in which the steps of two or three attempts can be taken, each run on fresh rows in the
          real PostgreSQL and Redis: what a race finds by luck is found every time.{' '}
          <Link to="/isolation" className="underline underline-offset-2">
            What your PostgreSQL version really guarantees
          </Link>
        </p>
      </header>
      <Form method="post" className="card flex flex-col gap-5 p-4 sm:p-5">
        {refused && (
          <p role="alert" className="flex items-center gap-2 text-warning-ink">
            <CircleAlert className="size-4 shrink-0" aria-hidden />
            {refused.error.message}
          </p>
        )}
        <ExplorationFields
          strategies={strategies}
          fields={isRefused ? refused.fields : defaultExploration(strategy)}
          errors={isRefused ? errorsByField(refused.error.issues) : {}}
          onChoose={choose}
        />
        <div>
          <button className="button button-primary" disabled={busy}>
            <Play className="size-4" fill="currentColor" aria-hidden />
            {busy ? 'Starting…' : 'Explore'}
          </button>
        </div>
      </Form>
      <Latest />
    </div>
  );
}

function Latest(): ReactElement {
  const { explorations } = useLoaderData<typeof loader>();
  return (
    <section aria-labelledby="latest" className="flex flex-col gap-3">
      <h2 id="latest" className="text-[0.9375rem] font-semibold tracking-tight">
        Latest explorations
      </h2>
      {explorations.length === 0 ? (
        <p className="card px-4 py-10 text-center text-ink-2">
          No explorations yet. The plan above takes about a second.
        </p>
      ) : (
        <ul className="card divide-y divide-line overflow-hidden">
          {explorations.map(({ id, plan, status, createdAt, progress }) => (
            <li key={id}>
              <Link
                to={explorationUrl(id)}
                className="flex flex-wrap items-center gap-x-5 gap-y-1 px-4 py-3 outline-offset-[-2px] hover:bg-hover"
              >
                <span className="min-w-0 flex-1">
                  <span className="block font-medium break-words">{plan.strategy}</span>
                  <span className="text-xs text-ink-3">
                    {plan.quantities.length} attempts, {plan.stock} in stock, <Timestamp iso={createdAt} />
                  </span>
                </span>
                <span className="text-[0.8125rem] text-ink-2">
                  {formatCount(progress.violated)} of {formatCount(progress.run)} orders run broke an
                  invariant
                </span>
                <span className="chip">{status}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
