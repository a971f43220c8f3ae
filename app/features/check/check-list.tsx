import type { ReactElement, ReactNode } from 'react';
import type { CheckHead, CheckVerdict } from '@/model/app-check';
import { checkUrl } from '@/report/addresses';
import { HistoryList, HistoryRow, type RenderLink } from '~/features/history/history-list';
import { formatCount, plural } from '~/ui/format';
import { Timestamp } from '~/ui/timestamp';

export interface CheckListProps {
  checks: readonly CheckHead[];
  renderLink: RenderLink;
  renderActions: (check: CheckHead) => ReactNode;
}

const CHIPS: Record<CheckVerdict, { word: string; className: string }> = {
  violated: { word: 'Violated', className: 'border-unsafe-line bg-unsafe-wash text-unsafe-ink' },
  ok: { word: 'OK', className: 'border-safe-line bg-safe-wash text-safe-ink' },
  inconclusive: { word: 'Inconclusive', className: 'border-warning-line bg-warning-wash text-warning-ink' },
};

/** Checks in the order given, each with its verdict and how many orders it covers. */
export function CheckList({ checks, renderLink, renderActions }: CheckListProps): ReactElement {
  return (
    <HistoryList>
      {checks.map((check) => {
        const { id, name, verdict, createdAt } = check;
        const { word, className } = CHIPS[verdict];
        return (
          <HistoryRow
            key={id}
            url={checkUrl(id)}
            name={name}
            wideName
            detail={
              <>
                <span className="block truncate">{nameRequests(check)}</span>
                <Timestamp iso={createdAt} />
              </>
            }
            results={
              <span className="flex flex-wrap items-center gap-x-4 gap-y-1 text-[0.8125rem] text-ink-2">
                <span className={`chip ${className}`}>{word}</span>
                {describeOrders(check)}
              </span>
            }
            status="finished"
            after={renderActions(check)}
            renderLink={renderLink}
          />
        );
      })}
    </HistoryList>
  );
}

/** Each request once: most checks send the same one twice. */
function nameRequests({ requests }: CheckHead): string {
  return [...new Set(requests.map(({ title }) => title.replace(/ \{.*/s, '')))].join(' and ');
}

function describeOrders({ schedules }: CheckHead): string {
  if (schedules === null) return 'no order was run';
  const { violating, possible, run } = schedules;
  const all = plural(possible, 'possible order');
  return violating > 0
    ? `${formatCount(violating)} of ${all} break something`
    : `${all}, ${formatCount(run)} run`;
}
