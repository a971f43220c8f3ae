import type { ReactElement, ReactNode } from 'react';
import type { ExperimentSummary } from '@/model/experiment';
import { experimentUrl } from '@/report/addresses';
import { nameExperiment } from '~/features/experiment/experiment-name';
import { formatCount, plural } from '~/ui/format';
import { LaneMark } from '~/ui/lane/lane-mark';
import { Timestamp } from '~/ui/timestamp';
import { HistoryList, HistoryRow, type RenderLink } from './history-list';

export interface ExperimentListProps {
  experiments: readonly ExperimentSummary[];
  renderLink: RenderLink;
  renderActions: (experiment: ExperimentSummary) => ReactNode;
}

/** Experiments in the order given, each with its result. */
export function ExperimentList({
  experiments,
  renderLink,
  renderActions,
}: ExperimentListProps): ReactElement {
  return (
    <HistoryList>
      {experiments.map((experiment) => (
        <HistoryRow
          key={experiment.id}
          url={experimentUrl(experiment.id)}
          name={nameExperiment(experiment)}
          wideName
          detail={
            <>
              <Timestamp iso={experiment.createdAt} />, {plural(experiment.done, 'trial')} over
            </>
          }
          results={<Results experiment={experiment} />}
          status={experiment.status}
          after={renderActions(experiment)}
          renderLink={renderLink}
        />
      ))}
    </HistoryList>
  );
}

function Results({ experiment }: { experiment: ExperimentSummary }): ReactElement {
  const { kind, smallest, strategies } = experiment;
  return (
    <>
      {kind === 'bisection' && (
        <span className="chip">
          {smallest === null ? 'not seen to break' : `breaks from ${plural(smallest, 'buyer')}`}
        </span>
      )}
      {strategies.map(({ lane, strategy, expected, rate }) => (
        <span key={lane} className="inline-flex min-w-0 items-center gap-2">
          <span className="inline-flex min-w-0 items-center gap-1.5 text-ink-2">
            <LaneMark expected={expected} className="size-2" />
            <span className="truncate">{strategy}</span>
          </span>
          <span
            className={`chip ${rate.violated > 0 ? 'border-unsafe-line bg-unsafe-wash text-unsafe-ink' : ''}`}
          >
            broke in {formatCount(rate.violated)} of {formatCount(rate.done)}
          </span>
        </span>
      ))}
    </>
  );
}
