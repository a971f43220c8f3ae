import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react';
import { Copy } from 'lucide-react';
import type { ReactElement } from 'react';
import type { CheckHead } from '@/model/app-check';
import { orUnavailable, pageError, statusOf } from '@/server/http/or-unavailable';
import { readForm } from '@/server/http/read-form';
import { CheckList } from '~/features/check/check-list';
import { ConfirmDelete } from '~/features/history/confirm-delete';
import { deleteChosen } from '~/features/history/delete-chosen.server';
import type { RenderLink } from '~/features/history/history-list';
import { Done, Pager } from '~/features/history/history-page';
import { describePage } from '~/page-meta';
import { DeleteButton } from '~/ui/action-buttons';
import { CopyButton } from '~/ui/copy-button';
import { plural } from '~/ui/format';
import { Refused } from '~/ui/refused';

const PAGE_SIZE = 20;

/** What a reader can run on an app of his own. A line breaks between these, and not after a hyphen. */
const WORDS = ['npx oversell check', '--start "node shop.js"', '--post /buy', `--data '{"sku":"last-one"}'`];
const COMMAND = WORDS.join(' ');

export const meta: MetaFunction = () => describePage('Checks');

export async function loader({ context, request }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get('cursor') ?? undefined;
  const page = await orUnavailable(context.checks.list({ limit: PAGE_SIZE, cursor }));
  if (!page.ok) throw pageError(statusOf(page), page.error);
  const { checks, nextCursor } = page;
  return { checks, nextCursor, isFirstPage: cursor === undefined };
}

export async function action({ context, request }: ActionFunctionArgs) {
  const form = await readForm(request);
  const { answer, status } = await deleteChosen(form, (id) => context.checks.remove(id));
  return data(answer, { status });
}

export default function ChecksPage(): ReactElement {
  const { checks, nextCursor, isFirstPage } = useLoaderData<typeof loader>();
  const { asked = null, deleted = [], error = null } = useActionData<typeof action>() ?? {};
  return (
    <div className="flex flex-col gap-5 pt-8">
      <header className="flex flex-col gap-3">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">
            Can your checkout sell the last unit twice?
          </h1>
          <p className="mt-1 max-w-3xl text-pretty text-ink-2">
            One command starts your app once for each request, holds its SQL in a proxy, and runs every order
            in which the statements can reach PostgreSQL. It works in any language and changes no code.
            Results are kept on this machine and listed here.
          </p>
        </div>
        <Command />
      </header>
      {error !== null && <Refused message={error} />}
      {deleted.length > 0 && <Done message={`${plural(deleted.length, 'check')} deleted.`} />}
      {checks.length === 0 ? (
        <p className="card px-4 py-10 text-center text-ink-2">
          {isFirstPage
            ? 'No checks yet. Run the command above in the folder of your app.'
            : 'No older checks.'}
        </p>
      ) : (
        <CheckList checks={checks} renderLink={renderLink} renderActions={renderDelete} />
      )}
      <Pager
        what="checks"
        newest={isFirstPage ? null : '/checks'}
        older={nextCursor === null ? null : `/checks?cursor=${encodeURIComponent(nextCursor)}`}
        renderLink={renderLink}
      />
      {asked && (
        <ConfirmDelete
          asked={asked}
          title={`Delete ${plural(asked.length, 'check')}?`}
          help="This deletes the result, for good. Your app and its database are not touched."
          names={asked.map((id) => checks.find((shown) => shown.id === id)?.name ?? `check ${id}`)}
          renderForm={(fields) => (
            <Form method="post" preventScrollReset>
              {fields}
            </Form>
          )}
        />
      )}
    </div>
  );
}

function Command(): ReactElement {
  return (
    <div className="card flex flex-wrap items-center gap-3 px-4 py-3">
      <code className="flex min-w-0 flex-1 flex-wrap gap-x-[1ch] font-mono text-xs">
        {WORDS.map((word) => (
          <span key={word} className="whitespace-nowrap">
            {word}
          </span>
        ))}
      </code>
      <CopyButton name="Copy" Icon={Copy} read={() => COMMAND} className="button min-h-8 text-[0.8125rem]" />
    </div>
  );
}

const renderLink: RenderLink = (to, className, children) => (
  <Link to={to} className={className}>
    {children}
  </Link>
);

function renderDelete({ id, name }: CheckHead): ReactElement {
  return (
    <Form method="post" preventScrollReset>
      <input type="hidden" name="id" value={id} />
      <DeleteButton label={`Delete the check of ${name}`} title="Delete" />
    </Form>
  );
}
