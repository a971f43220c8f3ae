import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data, redirect } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { Download } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import type { ExperimentView } from '@/model/experiment';
import { isOver } from '@/model/job';
import { experimentUrl } from '@/report/addresses';
import { orUnavailable, pageError, statusOf } from '@/server/http/or-unavailable';
import { readForm } from '@/server/http/read-form';
import { nameExperiment } from '~/features/experiment/experiment-name';
import { ExperimentPage } from '~/features/experiment/experiment-page';
import { describePage } from '~/page-meta';
import { RunAgainButton, StopButton } from '~/ui/action-buttons';
import { useKeys } from '~/ui/use-keys';
import { useJob } from '~/hooks/use-job';

export async function loader({ context, params }: LoaderFunctionArgs) {
  const experiment = await orUnavailable(context.lab.getExperiment(params.experimentId ?? ''));
  if (!experiment) throw unknownExperiment();
  return { experiment, now: Date.now() };
}

export async function action({ context, params, request }: ActionFunctionArgs) {
  const id = params.experimentId ?? '';
  const intent = (await readForm(request)).get('intent');
  if (intent === 'stop') {
    const result = await orUnavailable(context.lab.stopExperiment(id, 'drain'));
    return result.ok
      ? data({ error: null })
      : data({ error: result.error.message }, { status: statusOf(result) });
  }
  if (intent === 'again') {
    const experiment = await orUnavailable(context.lab.getExperiment(id));
    if (!experiment) throw unknownExperiment();
    const { kind, trials, plan: race } = experiment;
    const result = await orUnavailable(
      context.lab.startExperiment({ kind, trials, race }, { origin: 'dashboard' }),
    );
    return result.ok
      ? redirect(experimentUrl(result.id))
      : data({ error: result.error.message }, { status: statusOf(result) });
  }
  return data({ error: 'The page asked for something that does not exist.' }, { status: 400 });
}

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) =>
  describePage(loaded ? nameExperiment(loaded.experiment) : 'Experiment');

/** Without scripts the page of a running experiment reloads itself. */
export const handle = {
  reloadsWithoutScripts: (loaded: unknown) => {
    const status = (loaded as { experiment?: ExperimentView } | undefined)?.experiment?.status;
    return status !== undefined && !isOver(status);
  },
};

/** The summary depends on all trials. */
const always = () => true;

export default function Experiment(): ReactElement {
  const { experiment, now } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>()?.error ?? null;
  const over = isOver(experiment.status);
  const form = useRef<HTMLFormElement>(null);
  const busy = useNavigation().state !== 'idle';
  const submit = () => (busy ? undefined : form.current?.requestSubmit());
  useJob('experiment', experiment.id, { active: !over, reloads: always });
  useKeys({ s: over ? submit : undefined, x: over ? undefined : submit });
  return (
    <ExperimentPage
      experiment={experiment}
      now={now}
      problem={refused}
      actions={<Actions experiment={experiment} form={form} busy={busy} />}
      renderLink={(to, { className, label, title = label }, children) => (
        <Link to={to} className={className} aria-label={label} title={title}>
          {children}
        </Link>
      )}
    />
  );
}

interface ActionsProps {
  experiment: ExperimentView;
  form: React.RefObject<HTMLFormElement>;
  busy: boolean;
}

function Actions({ experiment, form, busy }: ActionsProps): ReactElement {
  if (!isOver(experiment.status)) {
    const stopping = experiment.status === 'stopping';
    return (
      <Form method="post" ref={form} preventScrollReset>
        <StopButton intent="stop" label={stopping ? 'Stopping…' : 'Stop'} disabled={busy || stopping} />
      </Form>
    );
  }
  return (
    <>
      <a
        href={`/api/experiments/${experiment.id}`}
        className="button max-sm:hidden"
        download={`oversell-experiment-${experiment.id}.json`}
      >
        <Download className="size-4" aria-hidden />
        JSON
      </a>
      <Form method="post" ref={form}>
        <RunAgainButton disabled={busy} />
      </Form>
    </>
  );
}

function unknownExperiment(): Response {
  const message = 'There is no experiment at this address. It may have been deleted.';
  return pageError(404, { code: 'unknown-experiment', message });
}
