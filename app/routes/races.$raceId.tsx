import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { data, redirect } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation, useRevalidator } from '@remix-run/react';
import { Download, RotateCcw, Square } from 'lucide-react';
import { useCallback, useRef, type ReactElement } from 'react';
import { askLab, refusePage } from '~/ask-lab';
import { readForm } from '~/http/read-form.server';
import { RacePage } from '~/components/race-page';
import { useKeys } from '~/components/use-keys';
import { describeVerdict } from '~/components/verdict-headline';
import { isOver, type RaceView } from '~/lab/race';
import { useRace } from '~/live/use-race';

export async function loader({ context, params }: LoaderFunctionArgs) {
  const race = await askLab(context.lab.getRace(params.raceId ?? ''));
  if (!race) throw unknownRace();
  return { race, now: Date.now() };
}

export async function action({ context, params, request }: ActionFunctionArgs) {
  const id = params.raceId ?? '';
  const intent = (await readForm(request)).get('intent');
  if (intent === 'stop') {
    const result = await askLab(context.lab.stopRace(id));
    return result.ok
      ? data({ error: null })
      : data({ error: result.error.message }, { status: result.status });
  }
  if (intent === 'again') {
    const race = await askLab(context.lab.getRace(id));
    if (!race) throw unknownRace();
    const result = await askLab(context.lab.startRace(race.plan, { origin: 'dashboard' }));
    return result.ok
      ? redirect(result.race.url)
      : data({ error: result.error.message }, { status: result.status });
  }
  return data({ error: 'The page asked for something that does not exist.' }, { status: 400 });
}

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) => [
  { title: loaded ? `${nameRace(loaded.race)} · Oversell` : 'Race · Oversell' },
];

/** Without scripts a running race is followed by loading the page again. */
export const handle = {
  reloadsWithoutScripts: (loaded: unknown) => isRunning(loaded),
};

export default function Race(): ReactElement {
  const { race } = useLoaderData<typeof loader>();
  // a race of its own keeps nothing of the one before it: neither its log nor its filter
  return <OneRace key={race.id} />;
}

function OneRace(): ReactElement {
  const loaded = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>()?.error ?? null;
  const live = useRace(loaded.race, useReload());
  const over = isOver(live.race.status);
  const form = useRef<HTMLFormElement>(null);
  const submit = () => form.current?.requestSubmit();
  useKeys({
    s: over ? submit : undefined,
    x: over ? undefined : submit,
    ' ': live.toggleFrozen,
  });
  return (
    <RacePage
      live={live}
      now={live.now ?? loaded.now}
      problem={refused}
      actions={<RaceActions race={live.race} form={form} />}
    />
  );
}

/** Reads the race again, but not while a form's own reading is under way: Remix logs one that it cuts off as an error. */
function useReload(): () => void {
  const { revalidate, state } = useRevalidator();
  const idle = useNavigation().state === 'idle' && state === 'idle';
  return useCallback(() => {
    if (idle) revalidate();
  }, [idle, revalidate]);
}

interface RaceActionsProps {
  race: RaceView;
  form: React.RefObject<HTMLFormElement>;
}

function RaceActions({ race, form }: RaceActionsProps): ReactElement {
  const busy = useNavigation().state === 'submitting';
  const stopping = race.status === 'stopping';
  if (!isOver(race.status)) {
    return (
      <Form method="post" ref={form} preventScrollReset>
        <input type="hidden" name="intent" value="stop" />
        <button className="button" disabled={busy || stopping}>
          <Square className="size-3.5" fill="currentColor" aria-hidden />
          {stopping ? 'Stopping…' : 'Stop'}
          <kbd className="key max-sm:hidden">x</kbd>
        </button>
      </Form>
    );
  }
  return (
    <>
      <a href={`/api/races/${race.id}/export.json`} className="button max-sm:hidden" download>
        <Download className="size-4" aria-hidden />
        JSON
      </a>
      <Form method="post" ref={form}>
        <input type="hidden" name="intent" value="again" />
        <button className="button button-primary" disabled={busy}>
          <RotateCcw className="size-4" aria-hidden />
          Run again
          <kbd className="key max-sm:hidden">s</kbd>
        </button>
      </Form>
    </>
  );
}

function unknownRace(): Response {
  const message = 'There is no race at this address. It may have been deleted.';
  return refusePage(404, { code: 'unknown-race', message });
}

function isRunning(loaded: unknown): boolean {
  const status = (loaded as { race?: RaceView } | undefined)?.race?.status;
  return status !== undefined && !isOver(status);
}

function nameRace(race: RaceView): string {
  return race.lanes
    .map((lane) => {
      const { word, figure } = describeVerdict(lane);
      return `${lane.strategy} ${word} ${figure}`.trim();
    })
    .join(' vs ');
}
