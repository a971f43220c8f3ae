import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, Link, useLoaderData, useNavigation } from '@remix-run/react';
import { ExternalLink, Play } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { StrategyInfo } from '@/model/strategy';
import type { MeasuredPrice } from '@/model/strategy-page';
import { orUnavailable, pageError } from '@/server/http/or-unavailable';
import { highlightTypeScript } from '@/server/http/highlight';
import { BisectButton } from '~/features/experiment/bisect-button';
import { defaultText } from '@/plan/form';
import { InterleavingTable } from '~/features/strategies/interleaving-table';
import { nameAnomaly } from '~/features/strategies/name-anomaly';
import { describePage } from '~/page-meta';
import { formatCount, formatMicros } from '~/ui/format';
import { ExpectedBadge } from '~/ui/lane/lane-mark';

export async function loader({ context, params }: LoaderFunctionArgs) {
  const id = params.strategyId ?? '';
  const strategy = await orUnavailable(context.lab.getStrategy(id));
  if (!strategy) throw pageError(404, { code: 'unknown-strategy', message: `There is no strategy ${id}.` });
  const { source, ...rest } = strategy;
  const rivals = context.lab.strategies.filter((rival) => rival.id !== id);
  return { strategy: rest, html: highlightTypeScript(source), rivals };
}

export const meta: MetaFunction<typeof loader> = ({ data }) =>
  describePage(data?.strategy.name ?? 'Strategy');

export default function StrategyPage(): ReactElement {
  const { strategy, html, rivals } = useLoaderData<typeof loader>();
  const { interleaving, measured } = strategy;
  return (
    <article className="flex flex-col gap-8 pt-8">
      <header className="flex flex-col gap-2">
        <Link to="/strategies" className="self-start rounded text-[0.8125rem] text-ink-3 hover:text-ink">
          Strategies
        </Link>
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="text-2xl font-semibold tracking-tight">{strategy.name}</h1>
          <ExpectedBadge expected={strategy.expected} />
          <code className="font-mono text-xs text-ink-3">{strategy.id}</code>
        </div>
        <p className="max-w-3xl text-base text-pretty text-ink-2">{strategy.summary}</p>
        {strategy.condition !== undefined && (
          <p className="max-w-3xl rounded-lg border border-warning-line bg-warning-wash px-3 py-2 text-warning-ink">
            <strong className="font-semibold">Safe only while</strong> {strategy.condition}.{' '}
            {strategy.conditionHolds
              ? 'In a plain race here that is so.'
              : 'In a plain race here that is not so: expect it to break.'}
          </p>
        )}
      </header>
      <div className="card flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-3">
        <RaceAgainst id={strategy.id} expected={strategy.expected} rivals={rivals} />
        <Link to={`/explorer?strategy=${strategy.id}`} className="button">
          Explore every interleaving
        </Link>
        {strategy.expected !== 'safe' && (
          <div className="flex flex-wrap items-center gap-3">
            <span className="font-medium">How few buyers break it?</span>
            <BisectButton strategy={strategy.id} />
          </div>
        )}
      </div>
      <div className="grid items-start gap-8 lg:grid-cols-[1.2fr_1fr]">
        <Section title="Interleaving" help="Two buyers at once, time running down.">
          <InterleavingTable interleaving={interleaving} />
          {interleaving.notes.map((note) => (
            <p key={note} className="max-w-prose text-pretty text-ink-2">
              {note}
            </p>
          ))}
        </Section>
        <div className="flex flex-col gap-8">
          <Section title="Price" help={strategy.price}>
            <Measured measured={measured} />
          </Section>
          <Facts strategy={strategy} />
        </div>
      </div>
      <Section title="Source" help={`src/scenarios/inventory/strategies/${strategy.id}.ts, as it runs.`}>
        {/* escaped by the highlighter, which adds nothing but spans with classes */}
        <pre className="card source overflow-x-auto p-4 text-xs leading-5" tabIndex={0} aria-label="Source">
          <code dangerouslySetInnerHTML={{ __html: html }} />
        </pre>
      </Section>
    </article>
  );
}

interface RaceAgainstProps {
  id: string;
  expected: StrategyInfo['expected'];
  rivals: readonly StrategyInfo[];
}

/** Starts the dashboard's own load plan with this strategy and one other. */
function RaceAgainst({ id, expected, rivals }: RaceAgainstProps): ReactElement {
  const busy = useNavigation().state !== 'idle';
  const rival = expected === 'unsafe' ? 'conditional-update' : 'read-then-write';
  const { strategies: _strategies, ...fields } = defaultText();
  const own = <input type="hidden" name="strategies" value={id} />;
  return (
    <Form method="post" action="/?index" className="flex flex-wrap items-center gap-3">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={String(value)} />
      ))}
      {/* lanes stand in the order of the form's fields: unsafe on the left */}
      {expected === 'unsafe' && own}
      <label className="flex min-w-0 flex-wrap items-center gap-2 font-medium">
        Race it against
        <select name="strategies" defaultValue={rival} className="field w-full sm:w-auto">
          {rivals.map((other) => (
            <option key={other.id} value={other.id}>
              {other.name}
            </option>
          ))}
        </select>
      </label>
      {expected !== 'unsafe' && own}
      <button className="button button-primary" disabled={busy}>
        <Play className="size-4" fill="currentColor" aria-hidden />
        {busy ? 'Starting…' : 'Start race'}
      </button>
    </Form>
  );
}

function Measured({ measured }: { measured: MeasuredPrice | null }): ReactElement {
  if (!measured) {
    return (
      <p className="card px-4 py-5 text-ink-2">
        Not measured on this machine yet: race it once in the closed model.
      </p>
    );
  }
  const rows: [string, string][] = [
    ['sales a second', formatCount(Math.round(measured.acceptedPerS))],
    ['attempts a second', formatCount(Math.round(measured.attemptsPerS))],
    ['latency p50', formatMicros(measured.latencyMs.p50 * 1_000)],
    ['latency p99', formatMicros(measured.latencyMs.p99 * 1_000)],
    ['retries a sale', measured.retriesPerSale.toFixed(1)],
    [measured.lanes === 1 ? 'lane measured' : 'lanes measured', formatCount(measured.lanes)],
  ];
  return (
    <>
      <dl className="card grid grid-cols-2 gap-px overflow-hidden bg-line sm:grid-cols-3">
        {rows.map(([name, value]) => (
          <div key={name} className="flex flex-col-reverse bg-surface px-4 py-2.5">
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="text-lg leading-6 font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="text-xs text-ink-3">
        Medians over the latest lanes on this machine in which it set its own pace: closed model, one lane at
        a time, one server, no pauses, and a load generator that kept up.
      </p>
    </>
  );
}

function Facts({ strategy }: { strategy: StrategyInfo }): ReactElement {
  return (
    <Section title="Known from" help={`Stock in ${strategy.stores.join(' and ')}; ${nameAnomaly(strategy)}.`}>
      {strategy.usedBy.length > 0 && (
        <ul className="list-disc pl-5 text-ink-2">
          {strategy.usedBy.map((who) => (
            <li key={who}>{who}</li>
          ))}
        </ul>
      )}
      {strategy.references.length > 0 && (
        <ul className="flex flex-col gap-1">
          {strategy.references.map(({ title, url }) => (
            <li key={url}>
              <a
                href={url}
                rel="noreferrer"
                className="inline-flex items-baseline gap-1.5 underline underline-offset-2"
              >
                {title}
                <ExternalLink className="size-3 shrink-0 self-center text-ink-3" aria-hidden />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Section({
  title,
  help,
  children,
}: {
  title: string;
  help: string;
  children: ReactNode;
}): ReactElement {
  return (
    <section className="flex min-w-0 flex-col gap-3">
      <header>
        <h2 className="text-[0.9375rem] font-semibold tracking-tight">{title}</h2>
        <p className="text-[0.8125rem] text-pretty text-ink-3">{help}</p>
      </header>
      {children}
    </section>
  );
}
