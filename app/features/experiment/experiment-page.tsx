import { OctagonAlert } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { ExperimentView } from '@/model/experiment';
import { isOver } from '@/model/job';
import { raceUrl } from '@/report/addresses';
import { describePlan, ORIGIN_WORDS } from '@/report/plan-words';
import { formatCount, formatSpan, plural } from '~/ui/format';
import { Refused } from '~/ui/refused';
import { StatusPill } from '~/ui/status-pill';
import { Timestamp } from '~/ui/timestamp';
import { BisectionPanel } from './bisection-panel';
import { nameExperiment } from './experiment-name';
import { StrategyTrialsCard } from './strategy-trials-card';
import type { RenderLink } from './trial-marks';

export interface ExperimentPageProps {
  experiment: ExperimentView;
  /** The clock, ms. */
  now: number;
  /** Why the server refused the last request. */
  problem: string | null;
  actions: ReactNode;
  renderLink: RenderLink;
}

/** An experiment, while it runs and afterwards. */
export function ExperimentPage(props: ExperimentPageProps): ReactElement {
  const { experiment, problem, renderLink } = props;
  const over = isOver(experiment.status);
  const { bisection, strategies } = experiment;
  return (
    <>
      <Header {...props} />
      <div className="flex flex-col gap-6 pt-5">
        <Heading experiment={experiment} renderLink={renderLink} />
        <Trouble experiment={experiment} />
        {problem !== null && <Refused message={problem} />}
        {bisection && bisection.levels.length > 0 && (
          <BisectionPanel
            bisection={bisection}
            trials={experiment.trials}
            over={over}
            renderLink={renderLink}
          />
        )}
        {strategies.length > 0 && (
          <div className="lanes">
            {strategies.map((lane) => (
              <StrategyTrialsCard
                key={lane.lane}
                lane={lane}
                planned={experiment.planned}
                over={over}
                renderLink={renderLink}
              />
            ))}
          </div>
        )}
        <p className="text-xs text-ink-3">
          Rates are of all trials that are over. The low end of an interval counts inconclusive trials as
          held, the high end leaves them out. Intervals are exact, two-sided ones (Clopper-Pearson) at 95 %.
        </p>
      </div>
      <p className="sr-only" role="status">
        {over ? `The experiment is over: ${experiment.status}.` : ''}
      </p>
    </>
  );
}

/** Stays in view: status, progress and actions. */
function Header({ experiment, now, actions }: ExperimentPageProps): ReactElement {
  const { status, done, planned, kind, startedAt, finishedAt } = experiment;
  const over = isOver(status);
  const elapsedMs =
    startedAt === null ? null : (finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(startedAt);
  const leftMs =
    !over && kind === 'trials' && elapsedMs !== null && done > 0
      ? (elapsedMs / done) * (planned - done)
      : null;
  return (
    <div className="sticky top-0 z-20 -mx-4 bg-canvas/95 sm:-mx-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 sm:px-6">
        <StatusPill status={status} />
        <p className="flex flex-wrap items-baseline gap-x-3 text-[0.8125rem] text-ink-2">
          <span data-progress>
            <span className="font-semibold text-ink">{formatCount(done)}</span>
            {kind === 'trials' ? ` of ${plural(planned, 'trial')}` : done === 1 ? ' trial' : ' trials'}
          </span>
          {elapsedMs !== null && <span className="max-sm:hidden">{formatSpan(elapsedMs)}</span>}
          {leftMs !== null && <span className="text-ink-3">about {formatSpan(leftMs)} left</span>}
        </p>
        <div className="ml-auto flex flex-wrap gap-2">{actions}</div>
      </div>
      {over ? (
        <div className="h-[3px] border-b border-line" />
      ) : (
        <progress
          className="bar"
          max={planned}
          value={kind === 'trials' ? done : undefined}
          aria-label="Progress of the experiment"
        />
      )}
    </div>
  );
}

function Heading({
  experiment,
  renderLink,
}: Pick<ExperimentPageProps, 'experiment' | 'renderLink'>): ReactElement {
  const { plan, current, origin } = experiment;
  return (
    <header className="-mb-1 flex flex-col gap-1">
      <a href="/experiments" className="self-start rounded text-[0.8125rem] text-ink-3 hover:text-ink">
        Experiments
      </a>
      <h1 className="text-xl font-semibold tracking-tight sm:text-2xl">{nameExperiment(experiment)}</h1>
      <ul className="flex flex-wrap text-[0.8125rem] text-ink-3">
        {describePlan(plan).map((part) => (
          <li
            key={part}
            className="not-last:after:mx-2 not-last:after:text-edge not-last:after:content-['·']"
          >
            {part}
          </li>
        ))}
      </ul>
      <p className="text-[0.8125rem] text-ink-3">
        Started <Timestamp iso={experiment.startedAt ?? experiment.createdAt} />
        {ORIGIN_WORDS[origin]}
        {current && (
          <>
            , now{' '}
            {renderLink(
              raceUrl(current.id),
              { className: 'underline underline-offset-2', label: `Open trial ${current.trial}` },
              `trial ${current.trial}`,
            )}
          </>
        )}
      </p>
    </header>
  );
}

/** The lab failed or was stopped: this is about the lab, and not a verdict. */
function Trouble({ experiment: { status, reason } }: { experiment: ExperimentView }): ReactElement | null {
  if (status !== 'failed' && status !== 'aborted' && status !== 'interrupted') return null;
  const titles = {
    failed: 'The lab could not finish this experiment.',
    // its reason says that it was stopped
    aborted: null,
    interrupted: 'Interrupted.',
  };
  return (
    <p
      role="status"
      className="flex items-start gap-3 rounded-xl border border-warning-line bg-warning-wash px-4 py-3 text-warning-ink"
    >
      <OctagonAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>
        {titles[status] !== null && <strong className="font-semibold">{titles[status]} </strong>}
        {reason ?? 'Stopped before its end.'}
      </span>
    </p>
  );
}
