import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react';
import { CircleAlert, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { askLab, refusePage } from '~/ask-lab';
import { readForm } from '~/http/read-form.server';
import { RaceList } from '~/components/race-list';
import { isOver, type RaceSummary } from '~/lab/race';

const PAGE_SIZE = 20;

export const meta: MetaFunction = () => [{ title: 'Races · Oversell' }];

export async function loader({ context, request }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get('cursor');
  const page = await askLab(context.lab.listRaces({ limit: PAGE_SIZE, ...(cursor !== null && { cursor }) }));
  if (!page.ok) throw refusePage(page.status, page.error);
  return { races: page.races, nextCursor: page.nextCursor, firstPage: cursor === null };
}

export async function action({ context, request }: ActionFunctionArgs) {
  const form = await readForm(request);
  const id = form.get('id');
  if (form.get('intent') !== 'delete' || typeof id !== 'string') {
    return data({ error: 'The page asked for something that does not exist.' }, { status: 400 });
  }
  const result = await askLab(context.lab.deleteRace(id));
  return result.ok ? data({ error: null }) : data({ error: result.error.message }, { status: result.status });
}

export default function Races(): ReactElement {
  const { races, nextCursor, firstPage } = useLoaderData<typeof loader>();
  const error = useActionData<typeof action>()?.error;
  return (
    <div className="flex flex-col gap-5 pt-8">
      <header>
        <h1 className="text-2xl font-semibold tracking-tight">Races</h1>
        <p className="mt-1 text-ink-2">
          Newest first. Every race keeps its address, its verdicts and every attempt.
        </p>
      </header>
      {error && (
        <p
          role="alert"
          className="flex items-center gap-2 rounded-lg border border-warning-line bg-warning-wash px-3 py-2 text-warning-ink"
        >
          <CircleAlert className="size-4 shrink-0" aria-hidden />
          {error}
        </p>
      )}
      {races.length === 0 ? (
        <NoRaces />
      ) : (
        <RaceList
          races={races}
          renderLink={(race, className, children) => (
            <Link to={race.url} className={className} prefetch="intent">
              {children}
            </Link>
          )}
          renderActions={(race) => <DeleteButton race={race} />}
        />
      )}
      <nav aria-label="More races" className="flex gap-2">
        {!firstPage && (
          <Link to="/races" className="button">
            Newest
          </Link>
        )}
        {nextCursor !== null && (
          <Link to={`/races?cursor=${encodeURIComponent(nextCursor)}`} className="button">
            Older
          </Link>
        )}
      </nav>
    </div>
  );
}

function DeleteButton({ race }: { race: RaceSummary }): ReactElement {
  return (
    <Form method="post" preventScrollReset className={isOver(race.status) ? '' : 'invisible'}>
      <input type="hidden" name="id" value={race.id} />
      <button
        name="intent"
        value="delete"
        className="button button-quiet size-9 p-0 hover:text-unsafe-ink"
        aria-label={`Delete the race of ${race.createdAt.slice(0, 19).replace('T', ' ')} UTC`}
        title="Delete"
      >
        <Trash2 className="size-4" aria-hidden />
      </button>
    </Form>
  );
}

function NoRaces(): ReactElement {
  return (
    <div className="card flex flex-col items-center gap-4 px-6 py-16 text-center">
      <p className="text-base font-semibold">No races here yet</p>
      <p className="max-w-sm text-pretty text-ink-2">
        One click on the dashboard runs the first: a checkout that oversells beside one that does not.
      </p>
      <Link to="/" className="button button-primary">
        Go to the dashboard
      </Link>
    </div>
  );
}
