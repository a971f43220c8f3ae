import { CircleCheckBig, OctagonX } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Exploration } from '~/lab/exploration';
import { formatCount } from '../format';
import { Panel } from '../panel';

/** What an exploration came to: the first thing the eye must find. */
export function ExplorationBanner({ result, url }: { result: Exploration; url: string }): ReactElement {
  const { coverage, outcomes } = result;
  const broken = result.verdict === 'violated';
  const example = outcomes[0]?.example;
  const violating = outcomes.filter(({ findings }) => findings.length > 0);
  const sum = (of: (row: Exploration['outcomes'][number]) => number) =>
    formatCount(violating.reduce((total, row) => total + of(row), 0));
  const Icon = broken ? OctagonX : CircleCheckBig;
  const [whole, count] = coverage.isExact
    ? [`${formatCount(coverage.possible)} schedules`, sum((row) => row.schedules)]
    : [`${formatCount(coverage.run)} schedules that were run`, sum((row) => row.run)];
  return (
    <article
      data-verdict={result.verdict}
      className={`card flex items-start gap-4 p-5 ${broken ? 'border-unsafe-line bg-unsafe-wash' : 'border-safe-line bg-safe-wash'}`}
    >
      <span
        className={`grid size-11 shrink-0 place-items-center rounded-xl text-[#fff] ${broken ? 'bg-unsafe' : 'bg-safe'}`}
      >
        <Icon className="size-6" aria-hidden />
      </span>
      <div className="min-w-0">
        <p
          className={`text-2xl font-bold tracking-tight text-balance ${broken ? 'text-unsafe-ink' : 'text-safe-ink'}`}
        >
          {broken
            ? `${count} of ${whole} break it`
            : coverage.isComplete
              ? 'No schedule of these steps within the bound breaks it'
              : 'None of the schedules that were run breaks it'}
        </p>
        <p className="mt-1 text-pretty text-ink-2">{result.reason}</p>
        {!broken && example !== undefined && (
          <a
            href={`${url}?schedule=${example}`}
            className="mt-2 inline-block font-medium underline underline-offset-2"
          >
            Step through one of them
          </a>
        )}
      </div>
    </article>
  );
}

/** What was covered, exactly. */
export function CoverageFacts({ result }: { result: Exploration }): ReactElement {
  const { coverage } = result;
  const facts: [string, number][] = [
    [coverage.isExact ? 'possible' : 'possible, estimated', coverage.possible],
    ['run', coverage.run],
    ['pruned', coverage.pruned],
    ['cut off', coverage.cut],
    ['sampled', coverage.sampled],
    ['over the bound', coverage.overPreemptions],
  ];
  return (
    <Panel
      id="coverage"
      title="Covered"
      help={coverage.isComplete ? 'Nothing was left out.' : 'Something was left out.'}
    >
      <dl className="card grid grid-cols-2 gap-px overflow-hidden bg-line sm:grid-cols-3 lg:grid-cols-6">
        {facts.map(([name, value]) => (
          <div key={name} className="flex flex-col-reverse bg-surface px-4 py-2.5">
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="text-lg font-semibold" data-coverage={name}>
              {formatCount(value)}
            </dd>
          </div>
        ))}
      </dl>
      {coverage.cutReasons.map((reason) => (
        <p key={reason} className="text-ink-2">
          Cut off: {reason}
        </p>
      ))}
    </Panel>
  );
}

/** Schedules that came to the same, each with an example to step through. */
export function OutcomeTable({ result, url }: { result: Exploration; url: string }): ReactElement {
  return (
    <Panel id="outcomes" title="Outcomes" help="Schedules that came to the same, with the simplest of them.">
      <div className="card overflow-x-auto" tabIndex={0} role="region" aria-label="Schedules by outcome">
        <table className="w-full text-left text-[0.8125rem]">
          <thead>
            <tr className="text-xs text-ink-3">
              {['outcomes', 'findings', 'run', 'schedules', 'example'].map((name) => (
                <th key={name} scope="col" className="px-4 py-2 font-normal">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {result.outcomes.map(({ outcomes, findings, run, schedules, example }) => (
              <tr key={example} className="border-t border-line">
                <td className="px-4 py-2">{outcomes.join(', ')}</td>
                <td className="px-4 py-2">{findings.join(', ') || 'none'}</td>
                <td className="px-4 py-2">{formatCount(run)}</td>
                <td className="px-4 py-2">{formatCount(schedules)}</td>
                <td className="px-4 py-2">
                  <a href={`${url}?schedule=${example}`} className="font-mono underline underline-offset-2">
                    {example}
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
