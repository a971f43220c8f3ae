import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data, redirect } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { CircleAlert, Play } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { ExplorationHead } from '@/model/exploration';
import { isOver } from '@/model/job';
import { explorationUrl } from '@/report/addresses';
import { orUnavailable, pageError, statusOf } from '@/server/http/or-unavailable';
import { readForm } from '@/server/http/read-form';
import { ExplorationFields } from '~/features/explorer/exploration-fields';
import {
  defaultExploration,
  readExplorationForm,
  toExplorationRequest,
} from '~/features/explorer/exploration-form';
import { errorsByField } from '@/plan/form';
import { ConfirmDelete } from '~/features/history/confirm-delete';
import { deleteChosen } from '~/features/history/delete-chosen.server';
import { ExplorationList } from '~/features/history/exploration-list';
import type { RenderLink } from '~/features/history/history-list';
import { Done, Pager } from '~/features/history/history-page';
import { describePage } from '~/page-meta';
import { DeleteButton } from '~/ui/action-buttons';
import { plural } from '~/ui/format';
import { Refused } from '~/ui/refused';

const PAGE_SIZE = 20;

export const meta: MetaFunction = () => describePage('Explorer');

export async function loader({ context, request }: LoaderFunctionArgs) {
  const { strategies } = context.lab;
  const search = new URL(request.url).searchParams;
  const asked = search.get('strategy');
  const cursor = search.get('cursor') ?? undefined;
  const chosen = strategies.find(({ id }) => id === asked)?.id ?? 'read-then-write';
  const page = await orUnavailable(context.lab.listExplorations({ limit: PAGE_SIZE, cursor }));
  if (!page.ok) throw pageError(statusOf(page), page.error);
  const { explorations, nextCursor } = page;
  return { strategies, chosen, explorations, nextCursor, isFirstPage: cursor === undefined };
}

export async function action({ context, request }: ActionFunctionArgs) {
  const form = await readForm(request);
  if (form.get('intent') === 'delete') {
    const { answer, status } = await deleteChosen(form, (id) => context.lab.deleteExploration(id));
    return data({ fields: null, error: null, answer }, { status });
  }
  const fields = readExplorationForm(form);
  const started = await orUnavailable(context.lab.startExploration(toExplorationRequest(fields)));
  if (started.ok) return redirect(explorationUrl(started.id));
  return data({ fields, error: started.error, answer: null }, { status: statusOf(started) });
}

export default function ExplorerPage(): ReactElement {
  const { strategies, chosen } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const [id, choose] = useState(refused?.fields?.strategy ?? chosen);
  const strategy = strategies.find((one) => one.id === id) ?? { id, anomaly: 'lost update' as const };
  const kept = refused?.fields?.strategy === id ? refused.fields : null;
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
        {refused?.error && (
          <p role="alert" className="flex items-center gap-2 text-warning-ink">
            <CircleAlert className="size-4 shrink-0" aria-hidden />
            {refused.error.message}
          </p>
        )}
        <ExplorationFields
          strategies={strategies}
          fields={kept ?? defaultExploration(strategy)}
          errors={kept ? errorsByField(refused?.error?.issues) : {}}
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

const renderLink: RenderLink = (to, className, children) => (
  <Link to={to} className={className}>
    {children}
  </Link>
);

function Latest(): ReactElement {
  const { explorations, nextCursor, isFirstPage } = useLoaderData<typeof loader>();
  const { asked = null, deleted = [], error = null } = useActionData<typeof action>()?.answer ?? {};
  return (
    <section aria-labelledby="latest" className="flex flex-col gap-3">
      <h2 id="latest" className="text-[0.9375rem] font-semibold tracking-tight">
        Latest explorations
      </h2>
      {error !== null && <Refused message={error} />}
      {deleted.length > 0 && <Done message={`${plural(deleted.length, 'exploration')} deleted.`} />}
      {explorations.length === 0 ? (
        <p className="card px-4 py-10 text-center text-ink-2">
          {isFirstPage
            ? 'No explorations yet. The plan above takes about a second.'
            : 'No older explorations.'}
        </p>
      ) : (
        <ExplorationList explorations={explorations} renderLink={renderLink} renderActions={renderDelete} />
      )}
      <Pager
        what="explorations"
        newest={isFirstPage ? null : '/explorer'}
        older={nextCursor === null ? null : `/explorer?cursor=${encodeURIComponent(nextCursor)}`}
        renderLink={renderLink}
      />
      {asked && (
        <ConfirmDelete
          asked={asked}
          title={`Delete ${plural(asked.length, 'exploration')}?`}
          help="This deletes what it found, for good. The same plan finds the same again."
          names={asked.map((id) =>
            nameOf(
              explorations.find((shown) => shown.id === id),
              id,
            ),
          )}
          renderForm={(fields) => (
            <Form method="post" preventScrollReset>
              {fields}
            </Form>
          )}
        />
      )}
    </section>
  );
}

function nameOf(exploration: ExplorationHead | undefined, id: string): string {
  return exploration ? `Every interleaving of ${exploration.plan.strategy}` : `exploration ${id}`;
}

function renderDelete(exploration: ExplorationHead): ReactElement {
  return (
    <Form method="post" preventScrollReset className={isOver(exploration.status) ? '' : 'invisible'}>
      <input type="hidden" name="id" value={exploration.id} />
      <DeleteButton label={`Delete “${nameOf(exploration, exploration.id)}”`} title="Delete" />
    </Form>
  );
}
