import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data, redirect } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react';
import type { ReactElement } from 'react';
import type { Lab } from '@/lab/lab';
import { BISECTION_TRIALS, type ExperimentSummary } from '@/model/experiment';
import { isOver } from '@/model/job';
import { sayIssue } from '@/plan/form';
import { experimentUrl } from '@/report/addresses';
import { orUnavailable, pageError, statusOf } from '@/server/http/or-unavailable';
import { readForm } from '@/server/http/read-form';
import { nameExperiment } from '~/features/experiment/experiment-name';
import { ConfirmDelete } from '~/features/history/confirm-delete';
import { deleteChosen, UNKNOWN_INTENT, type DeleteAnswer } from '~/features/history/delete-chosen.server';
import { ExperimentList } from '~/features/history/experiment-list';
import type { RenderLink } from '~/features/history/history-list';
import { HistoryPage, NothingHere, Pager } from '~/features/history/history-page';
import { describePage } from '~/page-meta';
import { DeleteButton } from '~/ui/action-buttons';
import { plural } from '~/ui/format';

const PAGE_SIZE = 20;

export const meta: MetaFunction = () => describePage('Experiments');

export async function loader({ context, request }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get('cursor');
  const page = await orUnavailable(
    context.lab.listExperiments({ limit: PAGE_SIZE, ...(cursor !== null && { cursor }) }),
  );
  if (!page.ok) throw pageError(statusOf(page), page.error);
  return { experiments: page.experiments, nextCursor: page.nextCursor, firstPage: cursor === null };
}

export async function action({ context, request }: ActionFunctionArgs) {
  const form = await readForm(request);
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  switch (text('intent')) {
    case 'delete': {
      const { answer, status } = await deleteChosen(form, (id) => context.lab.deleteExperiment(id));
      return data(answer, { status });
    }
    case 'bisect': {
      const result = await bisect(context.lab, text('strategy'), text('race'));
      if (result.ok) return redirect(experimentUrl(result.id));
      const { message, issues = [] } = result.error;
      const details = issues.map(sayIssue);
      const refused: DeleteAnswer = { ...UNKNOWN_INTENT, error: [message, ...details].join(' ') };
      return data(refused, { status: statusOf(result) });
    }
    default:
      return data(UNKNOWN_INTENT, { status: 400 });
  }
}

/** Bisects a strategy under the plan of a race, or under the plan that races have by default. */
async function bisect(lab: Lab, strategy: string, raceId: string) {
  const raced = raceId === '' ? null : await orUnavailable(lab.getRace(raceId));
  if (raceId !== '' && !raced)
    throw pageError(404, { code: 'unknown-race', message: `There is no race ${raceId}.` });
  // a control would double every race and can only make a verdict milder, which the search does not ask about
  const race = { ...raced?.plan, strategies: [strategy], control: false };
  const request = { kind: 'bisection', trials: BISECTION_TRIALS, race };
  return orUnavailable(lab.startExperiment(request, { origin: 'dashboard' }));
}

const renderLink: RenderLink = (to, className, children) => (
  <Link to={to} className={className} prefetch="intent">
    {children}
  </Link>
);

export default function Experiments(): ReactElement {
  const { experiments, nextCursor, firstPage } = useLoaderData<typeof loader>();
  const { asked = null, deleted = [], error = null } = useActionData<typeof action>() ?? {};
  return (
    <HistoryPage
      tab="/experiments"
      title="Experiments"
      help="Several races made from one plan: how often a strategy breaks, and from how many buyers on."
      refused={error}
      done={deleted.length > 0 ? `${plural(deleted.length, 'experiment')} deleted.` : null}
    >
      {experiments.length === 0 ? (
        <NothingHere
          title="No experiments here yet"
          help="Set more than one trial in the dashboard’s plan to see how often a strategy breaks, or press Bisect on a race that broke to find the fewest buyers that break it."
        >
          {renderLink('/', 'button button-primary', 'Go to the dashboard')}
        </NothingHere>
      ) : (
        <ExperimentList experiments={experiments} renderLink={renderLink} renderActions={renderDelete} />
      )}
      <Pager
        what="experiments"
        newest={firstPage ? null : '/experiments'}
        older={nextCursor === null ? null : `/experiments?cursor=${encodeURIComponent(nextCursor)}`}
        renderLink={renderLink}
      />
      {asked && <Confirm asked={asked} experiments={experiments} />}
    </HistoryPage>
  );
}

function renderDelete(experiment: ExperimentSummary): ReactElement {
  return (
    <Form method="post" preventScrollReset className={isOver(experiment.status) ? '' : 'invisible'}>
      <input type="hidden" name="id" value={experiment.id} />
      <DeleteButton
        label={`Delete “${nameExperiment(experiment)}” with its races`}
        title="Delete with its races"
      />
    </Form>
  );
}

interface ConfirmProps {
  asked: string[];
  experiments: ExperimentSummary[];
}

function Confirm({ asked, experiments }: ConfirmProps): ReactElement {
  const nameOf = (id: string) => {
    const experiment = experiments.find((shown) => shown.id === id);
    return experiment ? nameExperiment(experiment) : `experiment ${id}`;
  };
  return (
    <ConfirmDelete
      asked={asked}
      title={`Delete ${plural(asked.length, 'experiment')}?`}
      help="This deletes its races with their verdicts and attempts, for good."
      names={asked.map(nameOf)}
      renderForm={(fields) => (
        <Form method="post" preventScrollReset>
          {fields}
        </Form>
      )}
    />
  );
}
