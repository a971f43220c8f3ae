import type { ReactElement } from 'react';
import { isDifferent, type PlanRow } from '@/report/compare-plans';
import type { Comparison } from '@/report/compare-races';
import type { RenderLink } from '~/features/history/history-list';
import { plural } from '~/ui/format';
import { isCompactLayout } from '~/ui/lane/many-lanes';
import { Panel } from '~/ui/panel';
import { CompareTable } from './compare-table';
import { differStrategies, type StrategyDifference } from './strategy-difference';

export interface PlanTableProps {
  comparison: Comparison;
  allFields: boolean;
  /** Address of the page with all fields, or with those that differ. */
  toggle: string;
  renderLink: RenderLink;
}

/** The fields in which the plans differ; all of their fields on demand. */
export function PlanTable({ comparison, allFields, toggle, renderLink }: PlanTableProps): ReactElement {
  const { plan, columns, baseline } = comparison;
  const different = plan.filter(isDifferent);
  const rows = allFields ? plan : different;
  return (
    <Panel
      id="plans"
      title="Load plans"
      help={
        different.length === 0
          ? 'The plans are the same.'
          : `They differ in ${plural(different.length, 'field')}, and figures may differ because of that.`
      }
      actions={renderLink(
        toggle,
        'button button-quiet min-h-7 px-2 text-xs',
        allFields ? 'Only differences' : 'All fields',
      )}
    >
      {rows.length > 0 && (
        <CompareTable
          label="Load plans, fields"
          corner="Field"
          columns={columns.length}
          baseline={baseline}
          rows={rows.map((row) => ({
            key: row.name,
            name: row.name,
            cells: isLongList(row)
              ? differStrategies(row.values.map((value) => value?.split(', ') ?? null)).map((one, i) => (
                  <StrategiesCell key={i} {...one} />
                ))
              : row.values.map((value, i) => <PlanCell key={i} value={value} differs={differsAt(row, i)} />),
          }))}
        />
      )}
    </Panel>
  );
}

/** Many strategies are shown by how the races differ, and not as a list. */
function isLongList({ name, values }: PlanRow): boolean {
  return (
    name === 'strategies' && values.some((value) => value !== null && isCompactLayout(value.split(', ')))
  );
}

function StrategiesCell({ own, shared }: StrategyDifference): ReactElement {
  return (
    <span className="flex flex-col items-end gap-1">
      {shared > 0 && <span className="font-normal">{shared} in common</span>}
      {own.length > 0 && (
        <span title={own.join(', ')}>
          <PlanCell value={isCompactLayout(own) ? `${own.length} only here` : own.join(', ')} differs />
        </span>
      )}
    </span>
  );
}

function differsAt({ differs }: PlanRow, column: number): boolean {
  return differs[column] ?? false;
}

function PlanCell({ value, differs }: { value: string | null; differs: boolean }): ReactElement {
  const text = value ?? '–';
  if (!differs) return <span className="font-normal">{text}</span>;
  return (
    <mark className="rounded bg-warning-wash px-1.5 py-0.5 font-semibold text-warning-ink">
      <span aria-hidden>≠ </span>
      {text}
      <span className="sr-only"> (differs)</span>
    </mark>
  );
}
