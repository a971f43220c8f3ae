import type { Bottleneck } from '@/model/bottleneck';
import { isOver } from '@/model/job';
import type { LaneSummary, RaceStatus, RaceSummary } from '@/model/race';
import type { Expected } from '@/model/strategy';
import { areAlike, METRICS } from './compare-metrics';
import { comparePlans, type PlanRow } from './compare-plans';
import { NOTABLE, type MeasuredLane, type Metric } from './metric';

/** How many races can stand beside each other. */
export const COMPARED = { min: 2, max: 8 } as const;

/** One column: a race, or one lane of the only race. */
export interface ComparedColumn {
  raceId: string;
  /** The lane of the only race; null where the column is a race. */
  lane: number | null;
  createdAt: string;
  status: RaceStatus;
  /** Why the race ended as it did. */
  reason: string | null;
}

/** A figure against that of the baseline. */
export interface Difference {
  absolute: number;
  /** To the baseline; null where that is zero. */
  relative: number | null;
  /** `about-same`: less than `NOTABLE`. Null where it differs but neither way is good, or no claim can be made. */
  judgement: 'better' | 'worse' | 'same' | 'about-same' | null;
  /** Why they support no claim; null when they do. */
  doubt: string | null;
}

export interface MetricRow {
  id: string;
  name: string;
  unit: Metric['unit'];
  /** In the order of the columns; null where there is no lane, or no figure. */
  cells: (MetricCell | null)[];
}

export interface MetricCell {
  value: number;
  /** The share of a whole that a count is, beside lanes of other sizes; else null. */
  share: { part: number; of: string } | null;
  difference: Difference | null;
}

/** More about a lane: its summary for verdict words, and what limited its pace. */
export interface ComparedLane {
  summary: LaneSummary;
  bottleneck: Bottleneck | null;
}

/** The lanes of one strategy, one of each race; or all the lanes of the only race. */
export interface LaneGroup {
  /** Null where the columns are lanes of one race. */
  strategy: { id: string; name: string; expected: Expected; control: boolean } | null;
  lanes: (ComparedLane | null)[];
  rows: MetricRow[];
}

export interface Comparison {
  columns: ComparedColumn[];
  /** Number of the column that the others are compared with. */
  baseline: number;
  plan: PlanRow[];
  groups: LaneGroup[];
}

/**
 * Compares races side by side, with lanes matched by their strategy. For a single race with several lanes it compares
 * those, the first of them if there are many; then there are no plans to compare, since they share one. `baseline`
 * counts from 0; one that does not exist counts as the first. Numbers of unfinished lanes are left out.
 */
export function compareRaces(races: readonly RaceSummary[], baseline = 0): Comparison {
  const [only] = races;
  if (only && races.length === 1) return compareLanes(only, baseline);
  const base = races[baseline] ? baseline : 0;
  const strategies = [...new Set(races.flatMap(({ lanes }) => lanes.map(({ strategy }) => strategy)))];
  const groups = strategies.map((id): LaneGroup => {
    const found = races.map((race) =>
      toMeasured(
        race,
        race.lanes.find(({ strategy }) => strategy === id),
      ),
    );
    const lanes = found.flatMap((measured) => measured?.lane ?? []);
    const [first] = lanes;
    return {
      strategy: first
        ? {
            id,
            name: first.strategyName,
            expected: first.expected,
            control: lanes.every(({ role }) => role === 'control'),
          }
        : null,
      ...compareMeasured(found, base),
    };
  });
  return {
    columns: races.map((race) => toColumn(race, null)),
    baseline: base,
    plan: comparePlans(races, base),
    groups,
  };
}

function compareLanes(race: RaceSummary, baseline: number): Comparison {
  const lanes = race.lanes.slice(0, COMPARED.max);
  const base = lanes[baseline] ? baseline : 0;
  const found = lanes.map((lane) => toMeasured(race, lane));
  return {
    columns: lanes.map(({ index }) => toColumn(race, index)),
    baseline: base,
    plan: [],
    groups: [{ strategy: null, ...compareMeasured(found, base) }],
  };
}

function toColumn({ id, createdAt, status, reason }: RaceSummary, lane: number | null): ComparedColumn {
  return { raceId: id, lane, createdAt, status, reason };
}

function toMeasured({ plan }: RaceSummary, lane: LaneSummary | undefined): MeasuredLane | null {
  return lane ? { lane, plan } : null;
}

function compareMeasured(
  lanes: readonly (MeasuredLane | null)[],
  baseline: number,
): Pick<LaneGroup, 'lanes' | 'rows'> {
  const base = lanes[baseline] ?? null;
  const alike = base === null || lanes.every((lane) => lane === null || areAlike(lane, base));
  return {
    lanes: lanes.map((found) => found && { summary: found.lane, bottleneck: found.lane.bottleneck }),
    rows: METRICS.map((metric) => ({
      id: metric.id,
      name: metric.name,
      unit: metric.unit,
      cells: lanes.map((found, i) => {
        const value = found && metric.read(found.lane);
        if (value === null) return null;
        const share = alike || found === null ? null : shareOf(metric, found.lane, value);
        return { value, share, difference: i === baseline ? null : differ(metric, found, base) };
      }),
    })),
  };
}

function shareOf({ share }: Metric, lane: LaneSummary, value: number): MetricCell['share'] {
  const whole = share?.whole(lane) ?? 0;
  // a part larger than its whole is not a share
  return share && value <= whole && whole > 0 ? { part: value / whole, of: share.of } : null;
}

function differ(metric: Metric, found: MeasuredLane | null, base: MeasuredLane | null): Difference | null {
  const value = found && metric.read(found.lane);
  const against = base && metric.read(base.lane);
  if (!found || !base || value === null || against === null) return null;
  const absolute = value - against;
  const doubt = metric.doubt(found, base);
  // for counts out of different wholes, not even the size of the difference has a meaning
  const isCount = metric.unit === 'count' && !areAlike(found, base);
  const relative = against === 0 || isCount ? null : absolute / against;
  const judgement = doubt === null ? judge(metric, absolute, relative) : null;
  return { absolute, relative, judgement, doubt };
}

function judge({ good }: Metric, absolute: number, relative: number | null): Difference['judgement'] {
  if (absolute === 0) return 'same';
  if (good === null) return null;
  // none of them is the same twice
  if (relative !== null && Math.abs(relative) < NOTABLE) return 'about-same';
  return absolute < 0 === (good === 'less') ? 'better' : 'worse';
}

/** Races of a comparison that still run, whose numbers are not complete. */
export function listUnfinished({ columns }: Comparison): ComparedColumn[] {
  return columns.filter(({ status }) => !isOver(status));
}
