import type { ReactElement, ReactNode } from 'react';
import type { ExplorationHead } from '@/model/exploration';
import { explorationUrl } from '@/report/addresses';
import { formatCount, plural } from '~/ui/format';
import { Timestamp } from '~/ui/timestamp';
import { HistoryList, HistoryRow, type RenderLink } from './history-list';

export interface ExplorationListProps {
  explorations: readonly ExplorationHead[];
  renderLink: RenderLink;
  renderActions: (exploration: ExplorationHead) => ReactNode;
}

/** Explorations in the order given, each with the number of its schedules that broke an invariant. */
export function ExplorationList(props: ExplorationListProps): ReactElement {
  const { explorations, renderLink, renderActions } = props;
  return (
    <HistoryList>
      {explorations.map((exploration) => {
        const { id, plan, progress, status, createdAt } = exploration;
        return (
          <HistoryRow
            key={id}
            url={explorationUrl(id)}
            name={plan.strategy}
            wideName
            detail={
              <>
                {plural(plan.quantities.length, 'attempt')}, {plan.stock} in stock,{' '}
                <Timestamp iso={createdAt} />
              </>
            }
            results={
              <span
                className={`chip ${progress.violated > 0 ? 'border-unsafe-line bg-unsafe-wash text-unsafe-ink' : ''}`}
              >
                {progress.run === 0
                  ? 'no order was run'
                  : `${formatCount(progress.violated)} of ${formatCount(progress.run)} orders run broke an invariant`}
              </span>
            }
            status={status}
            after={renderActions(exploration)}
            renderLink={renderLink}
          />
        );
      })}
    </HistoryList>
  );
}
