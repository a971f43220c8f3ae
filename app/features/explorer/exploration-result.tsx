import type { ReactElement } from 'react';
import type { Coverage, Exploration } from '@/model/exploration';
import { FINDING_NAMES } from '@/model/wording';
import { describeFindings } from '@/report/describe-coverage';
import { formatCount } from '~/ui/format';
import type { RenderLink } from '~/features/history/history-list';
import { Panel } from '~/ui/panel';
import { VerdictBanner } from '~/ui/verdict-banner';

const TONES = { violated: 'unsafe', undersold: 'warning', 'none-found': 'safe' } as const;

interface ResultProps {
  result: Exploration;
  /** Address of the exploration. */
  url: string;
  /** Makes a link to a schedule, which runs it. */
  renderLink: RenderLink;
}

/** The result of an exploration: the first thing the eye must find. */
export function ExplorationBanner({ result, url, renderLink }: ResultProps): ReactElement {
  const { coverage, outcomes, plan, reason, undersold, verdict } = result;
  const headline = describeFindings(coverage, plan.preemptions, outcomes);
  const remarks = reason.startsWith(headline) ? reason.slice(headline.length).trim() : reason;
  const example = outcomes[0]?.example;
  const link = (id: string, label: string) =>
    renderLink(`${url}?schedule=${id}`, 'font-medium underline underline-offset-2', label);
  return (
    <VerdictBanner
      verdict={verdict}
      tone={TONES[verdict === 'none-found' && undersold ? 'undersold' : verdict]}
      headline={(className) => <p className={className}>{headline}</p>}
    >
      {remarks !== '' && <p className="mt-1 text-pretty text-ink-2">{remarks}</p>}
      <p className="mt-2 flex flex-wrap gap-x-5 gap-y-1 empty:hidden">
        {undersold && (
          <>
            {link(undersold.example, 'Step through the simplest that undersells')}
            {link(undersold.servedBy, 'Compare one buyer after the other')}
          </>
        )}
        {verdict === 'none-found' &&
          !undersold &&
          example !== undefined &&
          link(example, 'Step through one of them')}
      </p>
    </VerdictBanner>
  );
}

function namePossible({ isExact, isLeast }: Coverage): string {
  if (isLeast) return 'possible, at least';
  return isExact ? 'possible' : 'possible, estimated';
}

/** What exactly was covered. */
export function CoverageFacts({ result }: { result: Exploration }): ReactElement {
  const { coverage } = result;
  const facts: [string, number][] = [
    [namePossible(coverage), coverage.possible],
    ['run', coverage.run],
    ['equal to one that ran', coverage.pruned],
    ['cut off', coverage.cut],
    ['drawn at random', coverage.sampled],
    ['over the bound', coverage.overPreemptions],
  ];
  return (
    <Panel
      id="coverage"
      title="Orders covered"
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

/** Schedules with the same result, each with an example to step through. */
export function OutcomeTable({ result, url, renderLink }: ResultProps): ReactElement {
  return (
    <Panel id="outcomes" title="Outcomes" help="Grouped by result.">
      <div className="card overflow-x-auto" tabIndex={0} role="region" aria-label="Schedules by outcome">
        <table className="w-full text-left text-[0.8125rem]">
          <thead>
            <tr className="text-xs text-ink-3">
              {['outcomes', 'findings', 'orders', 'of them run', 'simplest'].map((name) => (
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
                <td className="px-4 py-2">
                  {findings.map((kind) => FINDING_NAMES[kind]).join(', ') || 'none'}
                </td>
                <td className="px-4 py-2">{formatCount(schedules)}</td>
                <td className="px-4 py-2">{formatCount(run)}</td>
                <td className="px-4 py-2">
                  {renderLink(
                    `${url}?schedule=${example}`,
                    'font-mono underline underline-offset-2',
                    example,
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
