import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data, redirect } from '@remix-run/node';
import {
  Form,
  Link,
  useActionData,
  useLoaderData,
  useNavigation,
  useSearchParams,
  type ShouldRevalidateFunctionArgs,
} from '@remix-run/react';
import { GitCompareArrows, SlidersHorizontal } from 'lucide-react';
import { useCallback, useMemo, useRef, type ReactElement } from 'react';
import { isOver } from '@/model/job';
import type { RaceView } from '@/model/race';
import { raceUrl } from '@/report/addresses';
import { orUnavailable, pageError, statusOf } from '@/server/http/or-unavailable';
import { readForm } from '@/server/http/read-form';
import type { EvidenceRef } from '@/report/collision';
import { readAskedPiece, type AskedEvidence } from '~/features/collision/pick-piece';
import { toAddress } from '@/plan/address';
import { textOfPlan } from '@/plan/form';
import { ExportMenu } from '~/features/race/export-menu';
import { RacePage } from '~/features/race/race-page';
import { describeRace, nameRace } from '~/features/race/race-words';
import { useRace, type LiveRace } from '~/live/use-race';
import { describePage } from '~/page-meta';
import { RunAgainButton, StopButton } from '~/ui/action-buttons';
import { formatCount } from '~/ui/format';
import { useKeys } from '~/ui/use-keys';
import { usePoll } from '~/hooks/use-poll';

const DELETED =
  'This race has been deleted, so that it cannot be run again. “Edit plan” opens its plan in the form.';

/** What was clicked by then is known to the page, ms. */
const SETTLED_MS = 100;

export async function loader({ context, params }: LoaderFunctionArgs) {
  const race = await orUnavailable(context.lab.getRace(params.raceId ?? ''));
  if (!race) throw unknownRace();
  const turn = race.status === 'queued' ? context.lab.runningJob() : null;
  return { race, now: Date.now(), turn };
}

export async function action({ context, params, request }: ActionFunctionArgs) {
  const id = params.raceId ?? '';
  const intent = (await readForm(request)).get('intent');
  if (intent === 'stop' || intent === 'stop now') {
    const result = await orUnavailable(context.lab.stopRace(id, intent === 'stop' ? 'drain' : 'kill'));
    return result.ok
      ? data({ error: null })
      : data({ error: result.error.message }, { status: statusOf(result) });
  }
  if (intent === 'again') {
    const race = await orUnavailable(context.lab.getRace(id));
    if (!race) return data({ error: DELETED }, { status: 404 });
    const result = await orUnavailable(context.lab.startRace(race.plan, { origin: 'dashboard' }));
    return result.ok
      ? redirect(raceUrl(result.id))
      : data({ error: result.error.message }, { status: statusOf(result) });
  }
  return data({ error: 'The page asked for something that does not exist.' }, { status: 400 });
}

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) =>
  loaded ? describePage(nameRace(loaded.race), describeRace(loaded.race)) : describePage('Race');

/** Another piece of evidence in the address does not change the race. */
export function shouldRevalidate(args: ShouldRevalidateFunctionArgs): boolean {
  const { currentUrl, nextUrl, formMethod, actionStatus, defaultShouldRevalidate } = args;
  // a deleted race stays on the screen, with its plan
  if (actionStatus === 404) return false;
  const isSamePage = currentUrl.pathname === nextUrl.pathname && currentUrl.search !== nextUrl.search;
  return isSamePage && formMethod === undefined ? false : defaultShouldRevalidate;
}

/** Without scripts the page of a running race reloads itself. */
export const handle = {
  isWide: true,
  reloadsWithoutScripts: (loaded: unknown) => isRunning(loaded),
};

export default function Race(): ReactElement {
  const { race } = useLoaderData<typeof loader>();
  // a new race starts with a new page: it keeps neither the log nor the filter of the last one
  return <OneRace key={race.id} />;
}

function OneRace(): ReactElement {
  const loaded = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>()?.error ?? null;
  const live = useRace(loaded.race);
  const queued = live.actual.status === 'queued';
  usePoll(live.isBehind || queued, live.isBehind ? SETTLED_MS : undefined);
  const over = isOver(live.actual.status);
  const form = useRef<HTMLFormElement>(null);
  const busy = useNavigation().state !== 'idle';
  // a second key does not abort the first request
  const submit = () => (busy ? undefined : form.current?.requestSubmit());
  useKeys({
    s: over ? submit : undefined,
    x: over ? undefined : submit,
    // on a page that no longer changes, the space bar scrolls
    ' ': over && !live.frozen ? undefined : live.toggleFrozen,
  });
  return (
    <RacePage
      live={live}
      now={live.now ?? loaded.now}
      problem={refused}
      turn={queued ? loaded.turn : null}
      actions={<RaceActions race={live.actual} inFlight={countInFlight(live)} form={form} busy={busy} />}
      {...useAskedPiece()}
    />
  );
}

/** The piece of evidence in the address. */
function useAskedPiece(): { asked: AskedEvidence; onChoose: (piece: EvidenceRef) => void } {
  const [query, setQuery] = useSearchParams();
  const asked = useMemo(() => readAskedPiece(query), [query]);
  const onChoose = useCallback(
    ({ lane, kind, piece }: EvidenceRef) => {
      const next = { lane: String(lane), evidence: kind, piece: String(piece + 1) };
      setQuery(next, { replace: true, preventScrollReset: true });
    },
    [setQuery],
  );
  return { asked, onChoose };
}

/** Attempts without a response, over all lanes. */
function countInFlight({ lanes }: LiveRace): number {
  return lanes.reduce((sum, lane) => sum + (lane.inFlight ?? 0), 0);
}

interface RaceActionsProps {
  race: RaceView;
  inFlight: number;
  form: React.RefObject<HTMLFormElement>;
  busy: boolean;
}

function RaceActions({ race, inFlight, form, busy }: RaceActionsProps): ReactElement {
  const stopping = race.status === 'stopping';
  if (!isOver(race.status)) {
    return (
      <Form method="post" ref={form} preventScrollReset className="flex flex-wrap items-center gap-x-3">
        {stopping && (
          <span role="status" className="text-[0.8125rem] text-ink-2">
            Stopping… {formatCount(inFlight)} in flight
          </span>
        )}
        <StopButton
          intent={stopping ? 'stop now' : 'stop'}
          label={stopping ? 'Stop now' : 'Stop'}
          disabled={busy}
          title={stopping ? 'What is in flight becomes indeterminate at once' : undefined}
        />
      </Form>
    );
  }
  return (
    <>
      <Link to={`/compare?races=${race.id}`} className="button" title="Compares this race with others">
        <GitCompareArrows className="size-4" aria-hidden />
        <span className="max-sm:sr-only">Compare</span>
      </Link>
      <Link
        to={`${toAddress(textOfPlan(race.plan))}#plan`}
        className="button"
        title="Opens this plan in the form"
      >
        <SlidersHorizontal className="size-4" aria-hidden />
        <span className="max-sm:sr-only">Edit plan</span>
      </Link>
      <ExportMenu race={race} />
      <Form method="post" ref={form}>
        <RunAgainButton disabled={busy} />
      </Form>
    </>
  );
}

function unknownRace(): Response {
  const message = 'There is no race at this address. It may have been deleted.';
  return pageError(404, { code: 'unknown-race', message });
}

function isRunning(loaded: unknown): boolean {
  const status = (loaded as { race?: RaceView } | undefined)?.race?.status;
  return status !== undefined && !isOver(status);
}
