import type { ReactElement, ReactNode } from 'react';
import type { RaceSummary } from '@/model/race';
import { NOTABLE } from '@/report/metric';
import { listUnfinished, type Comparison, type LaneGroup } from '@/report/compare-races';
import type { RenderLink } from '~/features/history/history-list';
import { NothingHere } from '~/features/history/history-page';
import { keepPercent, plural } from '~/ui/format';
import { isCompactLayout } from '~/ui/lane/many-lanes';
import { AddRaces } from './add-races';
import { ColumnCards, type ColumnCardsProps } from './column-cards';
import { addressComparison, nameColumn, type AskedComparison } from './compare-address';
import { LaneGroupPanel } from './lane-group';
import type { Overlay } from './overlay-model';
import { PlanTable } from './plan-table';

/** Why there is nothing to compare. */
export type CompareTrouble = 'none' | 'unknown' | 'too-many' | 'one-lane';

export interface ComparePageProps {
  asked: AskedComparison;
  trouble: CompareTrouble | null;
  /** Ids that no race has, or no longer has. */
  unknown: readonly string[];
  comparison: Comparison;
  /** Of each group of the comparison. */
  overlays: { latency: Overlay; throughput: Overlay }[];
  names: readonly string[];
  suggestions: readonly RaceSummary[];
  renderLink: RenderLink;
  renderForm: (fields: ReactNode) => ReactNode;
  renderActions: ColumnCardsProps['renderActions'];
}

/** Compares races, or says why they cannot be compared. */
export function ComparePage(props: ComparePageProps): ReactElement {
  const { asked, trouble, unknown, comparison, overlays, names, suggestions } = props;
  const { renderLink, renderForm, renderActions } = props;
  const { columns, baseline, groups, plan } = comparison;
  const alone = groups.filter(isAlone);
  // a few groups are shown unfolded
  const isFolded = (group: LaneGroup) => isCompactLayout(alone) && isAlone(group);
  const renderGroup = (group: LaneGroup, i: number) => {
    const charts = overlays[i];
    return (
      charts && (
        <LaneGroupPanel
          key={group.strategy?.id ?? 'lanes'}
          group={group}
          columns={columns}
          baseline={baseline}
          overlays={charts}
        />
      )
    );
  };
  return (
    <div className="flex flex-col gap-6 pt-8">
      <header>
        <h1 className="text-2xl font-semibold tracking-tight">{nameComparison(comparison, trouble)}</h1>
        {trouble === null && (
          <p className="mt-1 max-w-3xl text-pretty text-ink-2">
            Each figure against column {nameColumn(baseline)}. One race is one sample, and on a busy machine
            the same plan may take twice as long: race it in several trials before you believe a difference.
          </p>
        )}
      </header>
      <Notes unknown={trouble === 'unknown' ? [] : unknown} comparison={comparison} />
      {columns.length > 0 && (
        <ColumnCards
          comparison={comparison}
          asked={asked}
          names={names}
          renderLink={renderLink}
          renderActions={renderActions}
        />
      )}
      {trouble !== null && <Trouble trouble={trouble} unknown={unknown} renderLink={renderLink} />}
      {columns.length > 0 && (
        <AddRaces
          asked={asked}
          suggestions={suggestions}
          open={trouble === 'one-lane'}
          renderForm={renderForm}
        />
      )}
      {trouble === null && (
        <>
          {plan.length > 0 && (
            <PlanTable
              comparison={comparison}
              allFields={asked.allFields}
              toggle={addressComparison({ ...asked, allFields: !asked.allFields })}
              renderLink={renderLink}
            />
          )}
          {groups.map((group, i) => !isFolded(group) && renderGroup(group, i))}
          {isCompactLayout(alone) && (
            <details className="group">
              <summary className="button button-quiet max-w-full whitespace-normal">
                {alone.length} strategies that only one of the races has
              </summary>
              <div className="flex flex-col gap-6 pt-4">
                {groups.map((group, i) => isFolded(group) && renderGroup(group, i))}
              </div>
            </details>
          )}
          <p className="text-xs text-ink-3">
            {keepPercent(
              `Rates and latencies less than ${100 * NOTABLE} % apart count as about the same. Counts are compared where plans are of one size, and given as shares where they are not.`,
            )}
          </p>
        </>
      )}
    </div>
  );
}

/** "3 races compared". */
export function nameComparison({ columns }: Comparison, trouble: CompareTrouble | null): string {
  if (trouble !== null) return 'Compare races';
  return columns[0]?.lane === null
    ? `${plural(columns.length, 'race')} compared`
    : 'Lanes of a race compared';
}

function Notes({
  unknown,
  comparison,
}: {
  unknown: readonly string[];
  comparison: Comparison;
}): ReactElement | null {
  const running = listUnfinished(comparison);
  if (unknown.length === 0 && running.length === 0) return null;
  return (
    <div
      role="status"
      className="flex flex-col gap-1 rounded-xl border border-warning-line bg-warning-wash px-4 py-3 text-warning-ink"
    >
      {unknown.length > 0 && (
        <p className="break-words">
          Left out: there is no race {unknown.join(', ')}. It may have been deleted.
        </p>
      )}
      {running.length > 0 && (
        <p>
          {plural(new Set(running.map(({ raceId }) => raceId)).size, 'race')} not over yet: figures follow
          when the lanes are done.
        </p>
      )}
    </div>
  );
}

const TROUBLES: Record<CompareTrouble, { title: string; help: string }> = {
  none: {
    title: 'No race chosen',
    help: 'Tick two or more races in the list and press Compare.',
  },
  unknown: {
    title: 'None of these races exists',
    help: 'They may have been deleted.',
  },
  'too-many': {
    title: 'Too many races',
    help: 'At most eight races can stand beside each other.',
  },
  'one-lane': {
    title: 'One race with one lane',
    help: 'There is nothing beside it yet: add another race.',
  },
};

interface TroubleProps {
  trouble: CompareTrouble;
  unknown: readonly string[];
  renderLink: RenderLink;
}

function Trouble({ trouble, unknown, renderLink }: TroubleProps): ReactElement {
  const { title, help } = TROUBLES[trouble];
  return (
    <NothingHere
      title={title}
      help={trouble === 'unknown' ? `There is no race ${unknown.join(', ')}. ${help}` : help}
    >
      {renderLink('/races', 'button button-primary', 'Choose from the list')}
    </NothingHere>
  );
}

/** Whether the group's only lane has no other to be compared with. */
function isAlone({ lanes }: LaneGroup): boolean {
  return lanes.filter((lane) => lane !== null).length === 1 && lanes.length > 1;
}
