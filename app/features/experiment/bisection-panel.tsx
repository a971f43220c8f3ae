import type { ReactElement } from 'react';
import type { Bisection, LevelTrials } from '@/model/experiment';
import { VerdictSummary } from '~/features/race/verdict/verdict-chip';
import type { NamedWords } from '~/features/race/verdict/verdict-groups';
import { formatCount, keepPercent } from '~/ui/format';
import { ExpectedBadge } from '~/ui/lane/lane-mark';
import { LevelPicture } from './level-picture';
import { describeRange } from '@/report/experiment-wording';
import { TrialMarks, type RenderLink } from './trial-marks';

const OUTCOMES: Record<LevelTrials['outcome'], { word: string; className: string }> = {
  breaks: { word: 'breaks', className: 'text-unsafe-ink' },
  holds: { word: 'not seen to break', className: 'text-safe-ink' },
  undecided: { word: 'undecided', className: 'text-warning-ink' },
  open: { word: 'being raced', className: 'text-ink-2' },
};

export interface BisectionPanelProps {
  bisection: Bisection;
  /** Trials at each level. */
  trials: number;
  over: boolean;
  renderLink: RenderLink;
}

/** The result of the search, and every level that it tried. */
export function BisectionPanel(props: BisectionPanelProps): ReactElement {
  const { bisection, over } = props;
  const { smallest, statement } = bisection;
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <article className="card flex min-w-0 flex-col gap-4 px-4 py-4 sm:px-5" aria-labelledby="bisected">
        <header className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
          <h2 id="bisected" className="flex min-w-0 items-baseline gap-2 font-semibold">
            <span className="truncate">{bisection.strategyName}</span>
            <a
              href={`/strategies/${bisection.strategy}`}
              className="truncate font-mono text-xs font-normal text-ink-3 underline-offset-2 hover:underline"
            >
              {bisection.strategy}
            </a>
          </h2>
          <ExpectedBadge expected={bisection.expected} />
        </header>
        <div>
          <p
            className={`text-3xl font-bold tracking-tight ${smallest === null ? 'text-ink-2' : 'text-unsafe-ink'}`}
            data-smallest={smallest ?? ''}
          >
            {smallest === null
              ? over
                ? 'NOT SEEN TO BREAK'
                : 'SEARCHING'
              : `${formatCount(smallest)} BUYERS`}
            {smallest !== null && !over && (
              <span className="ml-3 text-sm font-medium tracking-normal">so far</span>
            )}
          </p>
          <p className="mt-1 text-pretty text-ink-2" data-statement>
            {keepPercent(statement)}
          </p>
        </div>
        <LevelPicture levels={bisection.levels} />
      </article>
      <LevelTable {...props} />
    </div>
  );
}

function nameTrials({ concurrency, trials }: LevelTrials): NamedWords[] {
  return trials.map(({ words }) => ({ name: `at ${formatCount(concurrency)}`, words }));
}

function LevelTable({ bisection, trials, over, renderLink }: BisectionPanelProps): ReactElement {
  return (
    <section className="card min-w-0 overflow-hidden" aria-labelledby="levels">
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 pt-3 pb-2 sm:px-5">
        <h2 id="levels" className="font-semibold">
          Levels
        </h2>
        <p className="flex flex-wrap gap-1.5" data-verdicts>
          <VerdictSummary lanes={bisection.levels.flatMap(nameTrials)} />
        </p>
      </header>
      <div
        className="relative overflow-x-auto"
        tabIndex={0}
        role="region"
        aria-label="Levels that were tried"
      >
        <table className="w-full text-[0.8125rem]">
          <thead>
            <tr className="text-left text-xs text-ink-3">
              <th scope="col" className="py-1.5 pr-2 pl-4 font-medium sm:pl-5">
                buyers
              </th>
              <th scope="col" className="px-2 py-1.5 font-medium">
                outcome
              </th>
              <th scope="col" className="px-2 py-1.5 font-medium">
                trials
              </th>
              <th scope="col" className="py-1.5 pr-4 pl-2 font-medium sm:pr-5">
                broke, of trials
              </th>
            </tr>
          </thead>
          <tbody>
            {bisection.levels.map((level) => (
              <tr key={level.concurrency} className="border-t border-line align-top">
                <th
                  scope="row"
                  className="py-2 pr-2 pl-4 text-left text-base leading-6 font-semibold sm:pl-5"
                >
                  {formatCount(level.concurrency)}
                </th>
                <td className={`px-2 py-2.5 font-medium ${OUTCOMES[level.outcome].className}`}>
                  {level.outcome === 'open' && over ? 'not finished' : OUTCOMES[level.outcome].word}
                </td>
                <td className="min-w-36 px-2 py-2">
                  <TrialMarks
                    trials={level.trials}
                    planned={level.outcome === 'open' && !over ? trials : null}
                    label={`Trials with ${level.concurrency} buyers`}
                    renderLink={renderLink}
                  />
                </td>
                <td className="py-2.5 pr-4 pl-2 sm:pr-5">
                  {formatCount(level.violated)} of {formatCount(level.rate.done)}
                  <span className="block text-xs text-ink-3">{describeRange(level.rate)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="border-t border-line px-4 py-3 text-xs text-pretty text-ink-3 sm:px-5">
        A level ends at its first violation. One that was not seen to break may break all the same, at most as
        often as its bound says, with 95 % confidence.
      </p>
    </section>
  );
}
