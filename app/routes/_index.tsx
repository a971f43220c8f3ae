import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { data, redirect } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { CircleAlert, DatabaseZap, Play, SlidersHorizontal } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import { askLab, isLabUnavailable } from '~/ask-lab';
import { readForm } from '~/http/read-form.server';
import { InterleavingFigure } from '~/components/interleaving-figure';
import { PlanFields } from '~/components/plan-fields';
import {
  defaultFields,
  errorsByField,
  readPlanForm,
  type PlanFields as Fields,
} from '~/components/plan-form';
import { RaceList } from '~/components/race-list';
import { useKeys } from '~/components/use-keys';
import { PLAN_DEFAULTS } from '~/lab/load-plan';
import type { Lab } from '~/lab/lab.server';
import type { RaceSummary } from '~/lab/race';

const LATEST = 5;

export async function loader({ context }: LoaderFunctionArgs) {
  const { strategies } = context.lab;
  const latest = await readLatest(context.lab);
  return data({ strategies, ...latest }, { status: latest.unavailable === null ? 200 : 503 });
}

export async function action({ context, request }: ActionFunctionArgs) {
  const fields = readPlanForm(await readForm(request));
  const result = await askLab(context.lab.startRace(fields, { origin: 'dashboard' }));
  if (result.ok) return redirect(result.race.url);
  return data({ fields, error: result.error }, { status: result.status });
}

export default function Dashboard(): ReactElement {
  const { races, unavailable } = useLoaderData<typeof loader>();
  return (
    <div className="flex flex-col gap-10 pt-8 sm:pt-14">
      {unavailable !== null && <Unavailable message={unavailable} />}
      <Hero />
      <PlanSection />
      {races.length > 0 && <LatestRaces races={races} />}
    </div>
  );
}

function Hero(): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const busy = useNavigation().state !== 'idle';
  useKeys({ s: () => form.current?.requestSubmit() });
  const fields = defaultFields();
  return (
    <section className="grid items-center gap-8 lg:grid-cols-[1.15fr_1fr] lg:gap-16">
      <div className="flex flex-col items-start">
        <h1 className="text-4xl leading-[1.1] font-semibold tracking-[-0.03em] text-balance sm:text-5xl">
          Can this checkout sell the last unit twice?
        </h1>
        <p className="mt-4 max-w-xl text-base text-pretty text-ink-2 sm:text-lg">
          Oversell races real purchase code against a real PostgreSQL and Redis, shows every request as it
          happens, and proves from the final rows what was sold.
        </p>
        <Form method="post" ref={form} className="mt-7 flex flex-wrap items-center gap-x-4 gap-y-3">
          {Object.entries(fields).map(([name, value]) =>
            [value]
              .flat()
              .map((item) => <input key={`${name} ${item}`} type="hidden" name={name} value={item} />),
          )}
          <button className="button button-primary min-h-12 px-6 text-base" disabled={busy}>
            <Play className="size-4.5" fill="currentColor" aria-hidden />
            {busy ? 'Starting…' : 'Start test'}
            <kbd className="key max-sm:hidden">s</kbd>
          </button>
          <span className="text-[0.8125rem] text-ink-3">about 10 seconds, nothing to set up</span>
        </Form>
        <ol className="mt-8 grid gap-3 text-[0.8125rem] text-ink-2 sm:grid-cols-3 sm:gap-6">
          <WhatHappens n={1} title="Fire">
            {PLAN_DEFAULTS.attempts.toLocaleString('en-US')} attempts at {PLAN_DEFAULTS.stock} units,{' '}
            {PLAN_DEFAULTS.concurrency} buyers at once, over real HTTP.
          </WhatHappens>
          <WhatHappens n={2} title="Compare">
            Once with <em className="font-semibold text-unsafe-ink not-italic">read-then-write</em>, once with{' '}
            <em className="font-semibold text-safe-ink not-italic">conditional-update</em>.
          </WhatHappens>
          <WhatHappens n={3} title="Prove">
            Orders and stock in the tables decide, and only if the requests really overlapped.
          </WhatHappens>
        </ol>
      </div>
      <InterleavingFigure />
    </section>
  );
}

function WhatHappens({
  n,
  title,
  children,
}: {
  n: number;
  title: string;
  children: React.ReactNode;
}): ReactElement {
  return (
    <li className="border-t border-line pt-3 text-pretty">
      <span className="mb-0.5 block font-semibold text-ink">
        <span className="mr-1.5 text-ink-3">{n}</span>
        {title}
      </span>
      {children}
    </li>
  );
}

function PlanSection(): ReactElement {
  const { strategies } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  const fields: Fields = refused ? { ...defaultFields(), ...refused.fields } : defaultFields();
  const errors = errorsByField(refused?.error.issues);
  return (
    <details className="card group" open={refused !== undefined}>
      <summary className="flex items-center gap-3 rounded-xl px-5 py-4 font-semibold hover:bg-hover">
        <SlidersHorizontal className="size-4 text-ink-3" aria-hidden />
        Change the plan
        <span className="font-normal text-ink-3 max-sm:hidden">strategies, stock, attempts, load</span>
        <span className="ml-auto text-ink-3 transition-transform group-open:rotate-90" aria-hidden>
          ›
        </span>
      </summary>
      <Form method="post" className="flex flex-col gap-6 border-t border-line px-5 py-5">
        {refused && (
          <p
            role="alert"
            className="flex items-center gap-2 rounded-lg border border-unsafe-line bg-unsafe-wash px-3 py-2 text-unsafe-ink"
          >
            <CircleAlert className="size-4 shrink-0" aria-hidden />
            {refused.error.message}
          </p>
        )}
        <PlanFields strategies={strategies} fields={fields} errors={errors} />
        <div>
          <button className="button button-primary" disabled={busy}>
            <Play className="size-4" fill="currentColor" aria-hidden />
            Start this race
          </button>
        </div>
      </Form>
    </details>
  );
}

function LatestRaces({ races }: { races: RaceSummary[] }): ReactElement {
  return (
    <section aria-labelledby="latest" className="flex flex-col gap-3">
      <header className="flex items-baseline justify-between">
        <h2 id="latest" className="text-[0.9375rem] font-semibold tracking-tight">
          Latest races
        </h2>
        <Link to="/races" className="rounded text-[0.8125rem] font-medium text-ink-2 hover:text-ink">
          All races
        </Link>
      </header>
      <RaceList
        races={races}
        renderLink={(race, className, children) => (
          <Link to={race.url} className={className} prefetch="intent">
            {children}
          </Link>
        )}
      />
    </section>
  );
}

function Unavailable({ message }: { message: string }): ReactElement {
  return (
    <p
      role="alert"
      className="flex items-start gap-3 rounded-xl border border-warning-line bg-warning-wash px-4 py-3 text-warning-ink"
    >
      <DatabaseZap className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>
        <strong className="font-semibold">Races cannot be started now.</strong> {message}
      </span>
    </p>
  );
}

/** The dashboard stays useful while the database is down: it says so, and shows the rest. */
async function readLatest(lab: Lab): Promise<{ races: RaceSummary[]; unavailable: string | null }> {
  try {
    const page = await lab.listRaces({ limit: LATEST });
    return { races: page.ok ? page.races : [], unavailable: null };
  } catch (error) {
    if (isLabUnavailable(error)) return { races: [], unavailable: error.message };
    throw error;
  }
}
