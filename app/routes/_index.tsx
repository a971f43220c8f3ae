import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { data, redirect } from '@remix-run/node';
import {
  Form,
  Link,
  useActionData,
  useLoaderData,
  useLocation,
  useNavigation,
  useSearchParams,
} from '@remix-run/react';
import { DatabaseZap } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { Lab } from '@/lab/lab';
import type { RaceSummary } from '@/model/race';
import { experimentUrl, raceUrl } from '@/report/addresses';
import { orUnavailable, isLabUnavailable, statusOf } from '@/server/http/or-unavailable';
import { readForm } from '@/server/http/read-form';
import { RaceList } from '~/features/history/race-list';
import { Hero } from '~/features/home/hero';
import { PresetRow } from '~/features/home/preset-row';
import { readAddress } from '@/plan/address';
import { PlanEditor } from '~/features/plan/plan-editor';
import {
  defaultText,
  errorsByField,
  readPlanForm,
  sayIssue,
  splitTrials,
  type FieldErrors,
  type PlanText,
} from '@/plan/form';
import { usePoll } from '~/hooks/use-poll';

const LATEST = 5;

export async function loader({ context }: LoaderFunctionArgs) {
  const { strategies } = context.lab;
  const turn = context.lab.runningJob();
  const latest = await readLatest(context.lab);
  return data({ strategies, turn, ...latest }, { status: latest.unavailable === null ? 200 : 503 });
}

export async function action({ context, request }: ActionFunctionArgs) {
  const fields = readPlanForm(await readForm(request));
  const { race, trials } = splitTrials(fields);
  if (trials !== '1') {
    const experiment = { kind: 'trials', trials, race };
    const result = await orUnavailable(context.lab.startExperiment(experiment, { origin: 'dashboard' }));
    if (result.ok) return redirect(experimentUrl(result.id));
    return data({ fields, error: result.error }, { status: statusOf(result) });
  }
  const result = await orUnavailable(context.lab.startRace(race, { origin: 'dashboard' }));
  if (result.ok) return redirect(raceUrl(result.id));
  return data({ fields, error: result.error }, { status: statusOf(result) });
}

export default function Dashboard(): ReactElement {
  const { races, strategies, turn, unavailable } = useLoaderData<typeof loader>();
  const busy = useNavigation().state !== 'idle';
  usePoll(turn !== null);
  const { key, open: openAtFirst, ...shown } = useShownPlan();
  const [toggled, setToggled] = useState({ key, open: openAtFirst });
  // a visit with another plan uses that plan's own state
  const open = toggled.key === key ? toggled.open : openAtFirst;
  return (
    <div className="flex flex-col gap-10 pt-8 sm:pt-14">
      {unavailable !== null && <Unavailable message={unavailable} />}
      <Hero Form={Form} busy={busy} turn={turn} hasKey={!open} />
      <PresetRow
        Form={Form}
        strategies={strategies}
        busy={busy}
        renderLink={(address, className, title) => (
          <Link to={address} className={className}>
            {title}
          </Link>
        )}
      />
      <PlanEditor
        key={key}
        {...shown}
        Form={Form}
        strategies={strategies}
        busy={busy}
        open={open}
        onToggle={(next) => setToggled({ key, open: next })}
      />
      {races.length > 0 && <LatestRaces races={races} />}
    </div>
  );
}

interface ShownPlan {
  /** Changes with each visit, since each has its own plan. */
  key: string;
  open: boolean;
  initial: PlanText;
  told: FieldErrors;
  problem: string[];
}

/** The refused plan, else the plan in the address, else the default one. */
function useShownPlan(): ShownPlan {
  const { strategies } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const [query] = useSearchParams();
  const { key } = useLocation();
  if (refused) {
    const { fields, error } = refused;
    const told = errorsByField(error.issues);
    const problem = [error.message, ...(told.plan === undefined ? [] : [told.plan])];
    return { key, open: true, initial: { ...defaultText(), ...fields }, told, problem };
  }
  const ids = strategies.map(({ id }) => id);
  const { text, issues, isPlan } = readAddress(query, ids);
  const problem = issues.map(sayIssue);
  return { key, open: isPlan, initial: text, told: errorsByField(issues), problem };
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
        renderLink={(to, className, children) => (
          <Link to={to} className={className} prefetch="intent">
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

/** The dashboard stays useful while the database is down: it reports that, and shows the rest. */
async function readLatest(lab: Lab): Promise<{ races: RaceSummary[]; unavailable: string | null }> {
  try {
    const page = await lab.listRaces({ limit: LATEST });
    return { races: page.ok ? page.races : [], unavailable: null };
  } catch (error) {
    if (isLabUnavailable(error)) return { races: [], unavailable: error.message };
    throw error;
  }
}
