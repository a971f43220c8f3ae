import type { ReactElement } from 'react';
import { isOver } from '@/model/job';
import type { ComparedColumn, LaneGroup, MetricRow } from '@/report/compare-races';
import { LimitedBy } from '~/features/race/limited-by';
import { VerdictWord } from '~/features/race/verdict/verdict-chip';
import { LaneLabel } from '~/ui/lane/lane-label';
import { Panel } from '~/ui/panel';
import { CompareTable } from './compare-table';
import { DifferenceLine, formatFigure, formatShare } from './difference';
import type { Overlay } from './overlay-model';
import { OverlayPanel, LATENCY_OVERLAY, THROUGHPUT_OVERLAY } from './overlay-panel';

export interface LaneGroupProps {
  group: LaneGroup;
  columns: readonly ComparedColumn[];
  baseline: number;
  overlays: { latency: Overlay; throughput: Overlay };
}

/** The lanes of one strategy in every race, in numbers and charts; or all the lanes of one race. */
export function LaneGroupPanel({ group, columns, baseline, overlays }: LaneGroupProps): ReactElement {
  const { strategy, lanes, rows } = group;
  const id = strategy?.id ?? 'lanes';
  const title = strategy ? strategy.name : 'Lanes';
  const shown = lanes.flatMap((lane) => lane ?? []);
  const hasDoubt = shown.some(({ bottleneck }) => bottleneck?.limitedBy === 'generator');
  return (
    <Panel
      id={id}
      title={title}
      help={strategy?.control ? 'A control: run to see whether the load breaks what is unsafe.' : ''}
    >
      <CompareTable
        label={`${title}, figures`}
        corner={
          strategy ? <LaneLabel lane={{ strategy: strategy.id, expected: strategy.expected }} /> : 'Lane'
        }
        columns={columns.length}
        baseline={baseline}
        {...(!strategy && {
          renderHead: (column: number) => {
            const lane = lanes[column]?.summary;
            return lane && <LaneLabel lane={lane} />;
          },
        })}
        rows={[
          {
            key: 'verdict',
            name: 'verdict',
            cells: lanes.map((lane, i) =>
              lane ? <VerdictWord key={i} lane={lane.summary} /> : <Missing key={i} why="not in this race" />,
            ),
          },
          ...rows.map((row) => ({
            key: row.id,
            name: row.name,
            cells: row.cells.map((cell, i) => (
              <Figure
                key={i}
                row={row}
                cell={cell}
                running={isRunning(columns[i])}
                exists={lanes[i] !== null}
              />
            )),
          })),
          {
            key: 'bottleneck',
            name: 'limited by',
            cells: lanes.map((lane, i) => (
              <span key={i} className="inline-block max-w-44 font-normal text-pretty">
                <LimitedBy bottleneck={lane?.bottleneck ?? null} />
              </span>
            )),
          },
        ]}
      />
      <div className="grid gap-4 lg:grid-cols-2">
        <OverlayPanel kind={LATENCY_OVERLAY} overlay={overlays.latency} />
        <OverlayPanel
          kind={THROUGHPUT_OVERLAY}
          overlay={overlays.throughput}
          note={hasDoubt ? 'Too slow to compare: the load generator was the bottleneck.' : null}
        />
      </div>
    </Panel>
  );
}

function isRunning(column: ComparedColumn | undefined): boolean {
  return column !== undefined && !isOver(column.status);
}

interface FigureProps {
  row: MetricRow;
  cell: MetricRow['cells'][number];
  running: boolean;
  exists: boolean;
}

function Figure({ row, cell, running, exists }: FigureProps): ReactElement {
  // the row of verdicts already says that there is no lane
  if (!cell) return <Missing why={!exists ? '–' : running ? 'not over yet' : 'no figure'} />;
  const bad = (row.id === 'oversold' || row.id === 'lostUpdates') && cell.value > 0;
  return (
    <>
      <span className={bad ? 'font-bold text-unsafe-ink' : ''}>{formatFigure(cell.value, row.unit)}</span>
      {cell.share && (
        <span className="block text-xs font-normal text-ink-2">
          {formatShare(cell.share.part)} of {cell.share.of}
        </span>
      )}
      {cell.difference && <DifferenceLine difference={cell.difference} unit={row.unit} />}
    </>
  );
}

function Missing({ why }: { why: string }): ReactElement {
  return <span className="text-xs font-normal text-ink-3">{why}</span>;
}
