import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigate, useNavigation } from '@remix-run/react';
import { RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import { isOver } from '@/model/job';
import type { RaceSummary } from '@/model/race';
import { raceListQuery, type RaceFilter } from '@/plan/race-query';
import { toIssues } from '@/plan/input-schemas';
import { raceUrl } from '@/report/addresses';
import { orUnavailable, pageError, statusOf } from '@/server/http/or-unavailable';
import { readForm } from '@/server/http/read-form';
import { ConfirmDelete } from '~/features/history/confirm-delete';
import { deleteChosen, UNKNOWN_INTENT } from '~/features/history/delete-chosen.server';
import type { RenderLink } from '~/features/history/history-list';
import { HistoryPage, NothingHere, Pager } from '~/features/history/history-page';
import { addressRaces, describeFilter, isNarrow } from '~/features/history/race-filter';
import { nameRace, RaceList } from '~/features/history/race-list';
import { RaceSearch } from '~/features/history/race-search';
import { ChoiceBox, SELECTION_FORM, SelectionBar, useSelection } from '~/features/history/selection';
import { describePage } from '~/page-meta';
import { DeleteButton } from '~/ui/action-buttons';
import { plural } from '~/ui/format';

const PAGE_SIZE = 20;
const NONE: string[] = [];

export const meta: MetaFunction = () => describePage('Races');

export async function loader({ context, request }: LoaderFunctionArgs) {
  const asked = Object.fromEntries(new URL(request.url).searchParams);
  const parsed = raceListQuery.safeParse({ ...asked, limit: PAGE_SIZE });
  if (!parsed.success) {
    const message = toIssues(parsed.error).map(({ path, message: why }) => `${path} ${why}.`);
    throw pageError(400, { code: 'bad-input', message: message.join(' ') });
  }
  const { limit, cursor, ...filter } = parsed.data;
  const page = await orUnavailable(context.lab.listRaces({ limit, cursor, filter }));
  if (!page.ok) throw pageError(statusOf(page), page.error);
  return { races: page.races, nextCursor: page.nextCursor, firstPage: cursor === undefined, filter };
}

export async function action({ context, request }: ActionFunctionArgs) {
  const form = await readForm(request);
  if (form.get('intent') !== 'delete') return data(UNKNOWN_INTENT, { status: 400 });
  const { answer, status } = await deleteChosen(form, (id) => context.lab.deleteRace(id));
  return data(answer, { status });
}

const renderLink: RenderLink = (to, className, children) => (
  <Link to={to} className={className} prefetch="intent">
    {children}
  </Link>
);

export default function Races(): ReactElement {
  const { races, nextCursor, firstPage, filter } = useLoaderData<typeof loader>();
  const { asked = null, deleted = NONE, error = null } = useActionData<typeof action>() ?? {};
  const navigate = useNavigate();
  const selection = useSelection(deleted);
  const busy = useNavigation().state === 'loading';
  const search = (address: string, { typing }: { typing: boolean }) =>
    navigate(address, { replace: typing, preventScrollReset: true });
  return (
    <HistoryPage
      tab="/races"
      title="Races"
      help="Newest first. Every race keeps its link, its verdicts and every attempt."
      refused={error}
      done={deleted.length > 0 ? `${plural(deleted.length, 'race')} deleted.` : null}
    >
      {(races.length > 0 || isNarrow(filter)) && (
        <RaceSearch filter={filter} onSearch={search} renderLink={renderLink} />
      )}
      <div aria-busy={busy} className="flex flex-col gap-2">
        {(races.length > 0 || selection.chosen.length > 0) && (
          <Form method="post" id={SELECTION_FORM} preventScrollReset>
            <SelectionBar selection={selection} shown={races.map(({ id }) => id)} />
          </Form>
        )}
        {races.length === 0 ? (
          <Nothing filter={filter} firstPage={firstPage} />
        ) : (
          <RaceList
            races={races}
            renderLink={renderLink}
            renderChoice={(race) => (
              <ChoiceBox id={race.id} label={`Choose ${nameRace(race)}`} selection={selection} />
            )}
            renderActions={(race) => <RowActions race={race} />}
          />
        )}
      </div>
      <Pager
        what="races"
        newest={firstPage ? null : addressRaces(filter)}
        older={nextCursor === null ? null : addressRaces(filter, nextCursor)}
        renderLink={renderLink}
      />
      {asked && <Confirm asked={asked} races={races} />}
    </HistoryPage>
  );
}

/** Running again posts to the race page's own action, so that both do the same. */
function RowActions({ race }: { race: RaceSummary }): ReactElement {
  const over = isOver(race.status);
  return (
    <span className="flex max-sm:flex-col">
      <Form method="post" action={raceUrl(race.id)} className={over ? '' : 'invisible'}>
        <button
          name="intent"
          value="again"
          className="button button-quiet size-9 p-0"
          aria-label={`Run again with the same seed: ${nameRace(race)}`}
          title="Run again with the same seed"
        >
          <RotateCcw className="size-4" aria-hidden />
        </button>
      </Form>
      <Form method="post" preventScrollReset className={over && !race.experiment ? '' : 'invisible'}>
        <input type="hidden" name="id" value={race.id} />
        <DeleteButton label={`Delete ${nameRace(race)}`} title="Delete" />
      </Form>
    </span>
  );
}

function Confirm({ asked, races }: { asked: string[]; races: RaceSummary[] }): ReactElement {
  const names = asked.map((id) => {
    const race = races.find((shown) => shown.id === id);
    return race ? nameRace(race) : `race ${id}`;
  });
  return (
    <ConfirmDelete
      asked={asked}
      title={`Delete ${plural(asked.length, 'race')}?`}
      help="This deletes verdicts, attempts, items and orders for good. Races that still run and trials of experiments stay."
      names={names}
      renderForm={(fields) => (
        <Form method="post" preventScrollReset>
          {fields}
        </Form>
      )}
    />
  );
}

function Nothing({ filter, firstPage }: { filter: RaceFilter; firstPage: boolean }): ReactElement {
  if (!firstPage) {
    return (
      <NothingHere title="No older races" help="The races that were here have been deleted.">
        {null}
      </NothingHere>
    );
  }
  if (isNarrow(filter)) {
    return (
      <NothingHere
        title="No race found"
        help={`There are no races ${describeFilter(filter)}. The search leaves controls out.`}
      >
        {renderLink('/races', 'button button-primary', 'Clear the search')}
      </NothingHere>
    );
  }
  return (
    <NothingHere
      title="No races here yet"
      help="One click on the dashboard runs the first: a checkout that oversells beside one that does not."
    >
      {renderLink('/', 'button button-primary', 'Go to the dashboard')}
    </NothingHere>
  );
}
