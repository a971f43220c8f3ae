import type { ReactElement, ReactNode } from 'react';
import type { Spread, StrategyTrials, TrialLane } from '@/model/experiment';
import { raceUrl } from '@/report/addresses';
import { formatRate } from '@/report/experiment-wording';
import { LaneCardHeader } from '~/features/race/verdict/lane-card-header';
import { VerdictSummary } from '~/features/race/verdict/verdict-chip';
import type { NamedWords } from '~/features/race/verdict/verdict-groups';
import { formatCount, keepPercent } from '~/ui/format';
import { describeRange } from '@/report/experiment-wording';
import { RateBar } from './rate-bar';
import { TrialMarks, type RenderLink } from './trial-marks';

export interface StrategyTrialsCardProps {
  lane: StrategyTrials;
  planned: number;
  /** Whether there are no further trials. */
  over: boolean;
  renderLink: RenderLink;
}

/** One strategy over all trials: its rate first, then every trial. */
export function StrategyTrialsCard(props: StrategyTrialsCardProps): ReactElement {
  const { lane, planned, over, renderLink } = props;
  const { rate } = lane;
  return (
    <article className="card flex flex-col" aria-labelledby={`strategy-${lane.lane}`} data-lane={lane.lane}>
      <LaneCardHeader id={`strategy-${lane.lane}`} lane={lane} />
      <div className="flex flex-col gap-4 px-4 py-4 sm:px-5">
        <div>
          <p
            className={`flex flex-wrap items-baseline gap-x-3 text-3xl font-bold tracking-tight ${inkOf(lane)}`}
          >
            <span data-rate>{rate.rate === null ? '–' : formatRate(rate.rate)}</span>
            <span className="text-sm font-medium tracking-normal text-ink-2">
              broke in {formatCount(rate.violated)} of {formatCount(rate.done)}
              {rate.judged > 0 && <span className="text-ink-3"> · {describeRange(rate)}</span>}
            </span>
          </p>
          <p className="mt-1 min-h-[2lh] text-pretty text-ink-2">{keepPercent(lane.statement)}</p>
        </div>
        <RateBar rate={rate} />
        <div className="flex flex-col gap-2">
          <TrialMarks
            trials={lane.trials}
            planned={over ? null : planned}
            label={`Trials of ${lane.strategy}`}
            renderLink={renderLink}
          />
          <p className="flex flex-wrap gap-1.5 empty:hidden" data-verdicts>
            <VerdictSummary lanes={lane.trials.map(nameTrial)} />
          </p>
        </div>
        {lane.inconclusiveReasons.length > 0 && <Inconclusive lane={lane} />}
      </div>
      <Facts lane={lane} renderLink={renderLink} />
    </article>
  );
}

/** Green only if every finished trial held and was proven to: a strategy that was merely lucky is not green. */
function inkOf({ rate, trials }: StrategyTrials): string {
  if (rate.violated > 0) return 'text-unsafe-ink';
  const over = trials.filter(({ verdict }) => verdict !== null);
  return over.length > 0 && over.every(({ words }) => words.tone === 'ok') ? 'text-safe-ink' : 'text-ink-2';
}

const nameTrial = ({ trial, words }: TrialLane): NamedWords => ({ name: `trial ${trial}`, words });

const SHOWN_REASONS = 3;

function Inconclusive({ lane }: { lane: StrategyTrials }): ReactElement {
  const rest = lane.inconclusiveReasons.length - SHOWN_REASONS;
  return (
    <div className="text-[0.8125rem] text-ink-2">
      <p className="font-medium">{formatCount(lane.inconclusive)} inconclusive:</p>
      <ul className="mt-0.5 list-disc pl-5">
        {lane.inconclusiveReasons.slice(0, SHOWN_REASONS).map(({ reason, count }) => (
          <li key={reason}>
            {formatCount(count)}: {reason}
          </li>
        ))}
        {rest > 0 && <li>{formatCount(rest)} other reasons</li>}
      </ul>
    </div>
  );
}

function Facts({ lane, renderLink }: Pick<StrategyTrialsCardProps, 'lane' | 'renderLink'>): ReactElement {
  const { firstViolation, worst } = lane;
  const link = (trial: typeof worst) =>
    trial
      ? renderLink(
          raceUrl(trial.raceId),
          { className: 'underline underline-offset-2', label: `Open trial ${trial.trial}` },
          `trial ${trial.trial}`,
        )
      : 'none';
  return (
    <dl className="mt-auto grid grid-cols-2 divide-line border-t border-line max-sm:[&>*:nth-child(n+3)]:border-t sm:grid-cols-4 sm:divide-x">
      <Fact label="first violation">{link(firstViolation)}</Fact>
      <Fact label="worst">{link(worst)}</Fact>
      <Fact label="oversold, median" hint={rangeOf(lane.oversold)}>
        {medianOf(lane.oversold)}
      </Fact>
      <Fact label="units lost, median" hint={rangeOf(lane.lostUpdates)}>
        {medianOf(lane.lostUpdates)}
      </Fact>
    </dl>
  );
}

const medianOf = (spread: Spread | null) => (spread ? formatCount(spread.median) : '–');
const rangeOf = (spread: Spread | null) =>
  spread && spread.max !== spread.min ? `${formatCount(spread.min)} to ${formatCount(spread.max)}` : '';

function Fact({
  label,
  hint = '',
  children,
}: {
  label: string;
  hint?: string;
  children: ReactNode;
}): ReactElement {
  return (
    <div className="flex min-w-0 flex-col-reverse border-line px-4 py-2.5 sm:px-5">
      <dt className="truncate text-xs text-ink-3">{label}</dt>
      <dd className="text-lg leading-6 font-semibold">
        {children}
        {hint && <span className="ml-1.5 text-xs font-normal whitespace-nowrap text-ink-3">{hint}</span>}
      </dd>
    </div>
  );
}
