import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';
import { FileDown } from 'lucide-react';
import type { ReactElement } from 'react';
import { orUnavailable, pageError } from '@/server/http/or-unavailable';
import { CheckView } from '~/features/check/check-view';
import { ScheduleStepper } from '~/features/check/schedule-stepper';
import { describePage } from '~/page-meta';
import { Timestamp } from '~/ui/timestamp';

export async function loader({ context, params: { checkId = '' } }: LoaderFunctionArgs) {
  const check = await orUnavailable(context.checks.get(checkId));
  if (check) return { check };
  throw pageError(404, { code: 'unknown-check', message: 'There is no check at this address.' });
}

export const meta: MetaFunction<typeof loader> = ({ data }) =>
  describePage(`Check of ${data?.check.name ?? 'an app'}`);

/** The result of a check, with its schedule move by move. */
export default function CheckPage(): ReactElement {
  const { check } = useLoaderData<typeof loader>();
  return (
    <div className="flex flex-col gap-6 pt-8">
      <p className="-mb-4 text-[0.8125rem] text-ink-3">
        <Link to="/checks" className="hover:text-ink">
          Checks
        </Link>
        , <Timestamp iso={check.createdAt} />
      </p>
      <CheckView
        result={check}
        actions={<Downloads id={check.id} />}
        renderSchedule={(schedule) => (
          <ScheduleStepper key={schedule.id} result={check} schedule={schedule} />
        )}
      />
    </div>
  );
}

function Downloads({ id }: { id: string }): ReactElement {
  return (
    <div className="flex gap-2">
      <a href={`/api/checks/${id}/export.html`} download className="button min-h-8 text-[0.8125rem]">
        <FileDown className="size-4" aria-hidden />
        HTML
      </a>
      <a href={`/api/checks/${id}`} download={`check-${id}.json`} className="button min-h-8 text-[0.8125rem]">
        <FileDown className="size-4" aria-hidden />
        JSON
      </a>
    </div>
  );
}
