import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { Play } from 'lucide-react';
import type { ReactElement } from 'react';
import { askLab } from '~/ask-lab';
import { IsolationMatrix } from '~/components/explorer/isolation-matrix';
import { describePage } from '~/page-meta';

export const meta: MetaFunction = () => describePage('Isolation levels');

export function loader({ context, request }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const chosen = { id: searchParams.get('case'), level: searchParams.get('level') };
  return { report: context.lab.isolationReport(), chosen };
}

export async function action({ context }: ActionFunctionArgs) {
  const tested = await askLab(context.lab.testIsolation());
  return tested.ok ? data({ error: null }) : data({ error: tested.error.message }, { status: tested.status });
}

export default function IsolationPage(): ReactElement {
  const { report, chosen } = useLoaderData<typeof loader>();
  const error = useActionData<typeof action>()?.error ?? null;
  const busy = useNavigation().state !== 'idle';
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
      {error !== null && (
        <p role="alert" className="text-warning-ink">
          {error}
        </p>
      )}
      {report ? (
        <IsolationMatrix report={report} chosen={chosen} />
      ) : (
        <div className="card flex flex-col items-center gap-4 px-4 py-12 text-center text-ink-2">
          <p className="text-pretty">
            Not run yet since this server started. It takes a few seconds, and needs that no race or
            exploration runs.
          </p>
          <Form method="post">
            <button className="button button-primary" disabled={busy}>
              <Play className="size-4" fill="currentColor" aria-hidden />
              {busy ? 'Running…' : 'Run it'}
            </button>
          </Form>
        </div>
      )}
    </div>
  );
}
