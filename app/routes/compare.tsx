import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data, redirect } from '@remix-run/node';
import { Form, Link, useLoaderData } from '@remix-run/react';
import { RotateCcw, X } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Lab } from '@/lab/lab';
import { isOver } from '@/model/job';
import { toSummary, type RaceView } from '@/model/race';
import { raceUrl } from '@/report/addresses';
import { COMPARED, compareRaces, listUnfinished, type Comparison } from '@/report/compare-races';
import { orUnavailable } from '@/server/http/or-unavailable';
import {
  addressComparison,
  keepKnown,
  readComparison,
  type AskedComparison,
} from '~/features/compare/compare-address';
import { ComparePage, nameComparison, type CompareTrouble } from '~/features/compare/compare-page';
import { overlayLatency, overlayThroughput } from '~/features/compare/overlay-model';
import type { RenderLink } from '~/features/history/history-list';
import { describePage } from '~/page-meta';
import { nameContestants } from '~/ui/lane/race-name';
import { usePoll } from '~/hooks/use-poll';

const SUGGESTED = 8;
const STATUSES: Record<CompareTrouble, number> = {
  none: 200,
  unknown: 404,
  'too-many': 400,
  'one-lane': 200,
};

export async function loader({ context, request }: LoaderFunctionArgs) {
  const { asked: wanted, permanent } = readComparison(new URL(request.url).searchParams);
  if (!permanent) return redirect(addressComparison(wanted));
  const tooMany = wanted.races.length > COMPARED.max;
  const ids = tooMany ? [] : wanted.races;
  const found = await Promise.all(ids.map((id) => orUnavailable(context.lab.getRace(id))));
  const races = found.flatMap((race) => race ?? []);
  const unknown = ids.filter((_, i) => !found[i]);
  const asked = keepKnown(
    wanted,
    races.map(({ id }) => id),
  );
  const comparison = compareRaces(races.map(toSummary), asked.baseline);
  const trouble = tooMany ? 'too-many' : findTrouble(races, unknown);
  const suggestions = await suggest(context.lab, races);
  const answer = {
    asked: { ...asked, baseline: comparison.baseline },
    ...{ trouble, unknown, comparison, suggestions },
    overlays: trouble === null ? drawOverlays(races, comparison) : [],
    names: nameColumns(races, comparison),
  };
  return data(answer, { status: trouble === null ? 200 : STATUSES[trouble] });
}

function findTrouble(races: RaceView[], unknown: string[]): CompareTrouble | null {
  if (races.length === 0) return unknown.length > 0 ? 'unknown' : 'none';
  return races.length === 1 && (races[0]?.lanes.length ?? 0) < COMPARED.min ? 'one-lane' : null;
}

/** Charts are made here: the series that they come from are a hundred times as large. */
function drawOverlays(races: RaceView[], { groups }: Comparison) {
  return groups.map(({ strategy }) => {
    const lanes = strategy
      ? races.map((race) => race.lanes.find((lane) => lane.strategy === strategy.id) ?? null)
      : (races[0]?.lanes.slice(0, COMPARED.max) ?? []);
    const title = strategy?.name ?? 'lanes';
    return { latency: overlayLatency(lanes, title), throughput: overlayThroughput(lanes, title) };
  });
}

function nameColumns(races: RaceView[], { columns }: Comparison): string[] {
  return columns.map(({ raceId, lane }) => {
    const race = races.find(({ id }) => id === raceId);
    return lane === null
      ? nameContestants(race?.plan.strategies ?? [raceId])
      : (race?.lanes[lane]?.strategyName ?? '');
  });
}

/** The latest races with the first one's first strategy, which are the ones most often compared with it. */
async function suggest(lab: Lab, races: RaceView[]) {
  const strategy = races[0]?.plan.strategies[0];
  if (strategy === undefined || races.length >= COMPARED.max) return [];
  const page = await orUnavailable(lab.listRaces({ limit: SUGGESTED + races.length, filter: { strategy } }));
  if (!page.ok) return [];
  return page.races.filter(({ id }) => !races.some((race) => race.id === id)).slice(0, SUGGESTED);
}

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) =>
  describePage(loaded ? nameComparison(loaded.comparison, loaded.trouble) : 'Compare races');

/** Without scripts races that run are followed by loading the page again. */
export const handle = {
  reloadsWithoutScripts: (loaded: unknown) => {
    const comparison = (loaded as { comparison?: Comparison } | undefined)?.comparison;
    return comparison !== undefined && listUnfinished(comparison).length > 0;
  },
};

const renderLink: RenderLink = (to, className, children) => (
  <Link to={to} className={className} preventScrollReset={to.startsWith('/compare')}>
    {children}
  </Link>
);

export default function Compare(): ReactElement {
  const loaded = useLoaderData<typeof loader>();
  usePoll(listUnfinished(loaded.comparison).length > 0);
  return (
    <ComparePage
      {...loaded}
      renderLink={renderLink}
      renderForm={(fields) => (
        <Form method="get" action="/compare">
          {fields}
        </Form>
      )}
      renderActions={({ raceId, status }, name) => (
        <>
          {isOver(status) && (
            <Form method="post" action={raceUrl(raceId)}>
              <button
                name="intent"
                value="again"
                className="button button-quiet size-8 min-h-8 p-0"
                aria-label={`Run again with the same seed: ${name}, ${raceId}`}
                title="Run again with the same seed"
              >
                <RotateCcw className="size-4" aria-hidden />
              </button>
            </Form>
          )}
          <RemoveLink asked={loaded.asked} raceId={raceId} name={name} />
        </>
      )}
    />
  );
}

interface RemoveLinkProps {
  asked: AskedComparison;
  raceId: string;
  name: string;
}

function RemoveLink({ asked, raceId, name }: RemoveLinkProps): ReactElement {
  const place = asked.races.indexOf(raceId);
  const races = asked.races.filter((id) => id !== raceId);
  // the baseline stays the same race, unless it is the one that goes
  const baseline =
    place < asked.baseline ? asked.baseline - 1 : place === asked.baseline ? 0 : asked.baseline;
  return (
    <Link
      to={addressComparison({ ...asked, races, baseline })}
      preventScrollReset
      className="button button-quiet size-8 min-h-8 p-0"
      aria-label={`Leave out ${name}, ${raceId}`}
      title="Leave out"
    >
      <X className="size-4" aria-hidden />
    </Link>
  );
}
