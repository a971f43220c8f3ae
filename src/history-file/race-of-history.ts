import { LaneStatistics } from '@/recording/lane-statistics';
import { LatencyAccount } from '@/recording/latency-account';
import { toMs } from '@/load/measure/latency';
import { unitsInStock } from '@/model/final-state';
import type { History } from '@/model/history';
import { lastOrderId } from '@/model/order-columns';
import { OUTCOMES } from '@/model/outcome';
import type { LaneView, RaceView } from '@/model/race';
import { IMPLIED_STEPS } from '@/model/step-kind';
import type { Strategy } from '@/model/strategy';
import { PLAN_ROWS } from '@/plan/fields';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import type { LoadPlan } from '@/plan/load-plan';
import { raceRequest } from '@/plan/schema';
import { auditHistory } from './audit-history';
import type { HistoryHeader, LaneFile } from './format';
import { HistoryFileError } from './history-file-error';

/** What a program knows of a strategy that a file names by its id; undefined for one that it does not have. */
export type FindStrategy = (
  id: string,
) => Pick<Strategy, 'name' | 'expected' | 'condition' | 'steps'> | undefined;

/** A race as far as its history tells it. */
export interface HistoryRace {
  race: RaceView;
  /** Whether the file tells what a load plan consists of; the race has the defaults for what it does not tell. */
  hasPlan: boolean;
  /** What the file does not tell, a sentence each. */
  lacks: string[];
  /** Where the file contradicts the audit, a sentence each. */
  contradictions: string[];
}

/**
 * Judges the lanes of a history file and puts them together as a race, whose verdicts, findings and figures are those
 * of the race that was recorded. Pass `readHistory(source, { keepSteps: true })`: without steps, the race does not say
 * what the attempts spent their time on. Holds one lane at a time.
 *
 * @throws HistoryFileError for lanes that cannot be read or judged, and for a file without one
 */
export async function raceOfHistory(
  lanes: AsyncIterable<LaneFile> | Iterable<LaneFile>,
  findStrategy: FindStrategy,
): Promise<HistoryRace> {
  const headers: HistoryHeader[] = [];
  const views: LaneView[] = [];
  const unsealed: number[] = [];
  for await (const lane of lanes) {
    if (!lane.sealed) unsealed.push(views.length);
    headers.push(lane.header);
    views.push(viewLane(lane, views.length, findStrategy));
  }
  const [first] = headers;
  if (!first) throw new HistoryFileError(0, 'The file holds no lane.');
  const plan = planOf(first, views);
  const placed = views.map((lane, i) => placeLane(lane, i, headers, views));
  const isOneRace = headers.every((header) => isOfRace(first, header));
  return {
    race: toRace(first, plan, placed),
    hasPlan: isOneRace && tellsPlan(first),
    lacks: listLacks(headers, unsealed, plan, findStrategy),
    contradictions: headers.flatMap((_, i) => contradict(i, headers, placed)),
  };
}

function toRace(
  { raceId, exportedAt, plan: told }: HistoryHeader,
  plan: LoadPlan,
  lanes: LaneView[],
): RaceView {
  const { poolSize } = told ?? {};
  return {
    id: raceId ?? 'unnamed',
    status: 'finished',
    origin: 'api',
    reason: null,
    createdAt: exportedAt ?? new Date(0).toISOString(),
    startedAt: null,
    finishedAt: null,
    plan,
    poolSize: typeof poolSize === 'number' ? poolSize : 0,
    rampMs: 0,
    experiment: null,
    lanes,
  };
}

/** What every load plan has, beside what the lanes show of it. */
const ESSENTIAL = ['model', 'concurrency', 'thinkMs', 'order', 'seed'] as const;

function tellsPlan({ plan: told = {} }: HistoryHeader): boolean {
  return ESSENTIAL.every((name) => name in told && raceRequest.shape[name].safeParse(told[name]).success);
}

/** The values that the file tells and that a plan may have; for the others, the defaults. */
function planOf({ plan: told = {} }: HistoryHeader, lanes: readonly LaneView[]): LoadPlan {
  const values = PLAN_ROWS.flatMap(([name]) => {
    const parsed = name in told ? raceRequest.shape[name].safeParse(told[name]) : undefined;
    return parsed?.success ? [[name, parsed.data] as const] : [];
  });
  return {
    ...PLAN_DEFAULTS,
    seed: 0,
    strategies: lanes.map(({ strategy }) => strategy),
    stock: lanes[0]?.stock.initial ?? 0,
    attempts: Math.max(...lanes.map(({ counts }) => counts.attempts)),
    ...(Object.fromEntries(values) as Partial<LoadPlan>),
  };
}

const isOfRace = (one: HistoryHeader, other: HistoryHeader) => one.raceId === other.raceId;

/** The lane of this strategy in the race of a header; -1 where the file does not have it. */
function findLane(of: HistoryHeader, strategy: string, headers: readonly HistoryHeader[]): number {
  return headers.findIndex((header) => isOfRace(of, header) && header.strategy === strategy);
}

/** The lane among the others of its race: a strategy that the plan does not ask for ran as a control. */
function placeLane(
  lane: LaneView,
  index: number,
  headers: readonly HistoryHeader[],
  all: readonly LaneView[],
): LaneView {
  const header = headers[index];
  if (!header) throw new Error(`lane ${index} has no header`);
  const { control } = header;
  const { strategies } = planOf(
    header,
    all.filter((_, i) => headers.some((other, k) => k === i && isOfRace(header, other))),
  );
  return {
    ...lane,
    role: strategies.includes(lane.strategy) ? 'contestant' : 'control',
    control: control ? { ...control, lane: findLane(header, control.strategy, headers) } : null,
  };
}

/** One lane with everything that its attempts and its rows tell. */
function viewLane(lane: LaneFile, index: number, findStrategy: FindStrategy): LaneView {
  const { header, history, final } = lane;
  const { checks, liveness, ledger, overlap, oversoldRange, lostUpdatesRange, ...judged } =
    auditHistory(lane);
  const known = findStrategy(header.strategy);
  const statistics = new LaneStatistics();
  statistics.add(history);
  drawStock(statistics, history, final.finalStock);
  const { histogram, ...measured } = statistics.measure(true);
  const { orders, ...rows } = final;
  const attempts = history.count;
  return {
    index,
    strategy: header.strategy,
    strategyName: known?.name ?? header.strategy,
    // what says nothing of itself is held to what a shop needs
    expected: header.expected ?? known?.expected ?? 'safe',
    condition: known?.condition ?? null,
    status: 'finished',
    sku: header.sku ?? '',
    ...measured,
    ...judged,
    stock: { initial: unitsInStock(final), final: final.finalStock },
    role: 'contestant',
    control: null,
    oversoldRange: oversoldRange ?? null,
    lostUpdatesRange: lostUpdatesRange ?? null,
    overlap: { ...overlap, lockWaits: null },
    correctedMs: null,
    sends: null,
    bottleneck: null,
    arrivalSpreadMs: null,
    time: spendTime(lane, known?.steps),
    honesty: { generated: attempts, recorded: attempts, stored: attempts },
    checks,
    liveness,
    ledger,
    finalRows: { ...rows, lastOrderId: lastOrderId(orders), stopped: header.stopped },
    histograms: histogram === null ? null : { latency: histogram, corrected: null },
  };
}

const ACCEPTED = OUTCOMES.indexOf('accepted');

/** A history has no samples of the item's row, so its stock is what each sale left, at the end of its last write. */
function drawStock(
  { series, lastReturnUs }: LaneStatistics,
  { count, outcome, remaining, windowEnd, return: returned }: History,
  finalStock: number,
): void {
  const writtenAt = (i: number) => {
    const end = windowEnd[i] ?? Number.NaN;
    return Number.isNaN(end) ? (returned[i] ?? 0) : end;
  };
  const sales = Array.from({ length: count }, (_, i) => i)
    .filter((i) => outcome[i] === ACCEPTED && !Number.isNaN(remaining[i]))
    .sort((a, b) => writtenAt(a) - writtenAt(b));
  for (const i of sales) series.addStock(toMs(writtenAt(i)), remaining[i] ?? 0);
  series.addStock(toMs(lastReturnUs), finalStock);
}

/** Null without steps, and where the kind of one is not known. */
function spendTime(
  { header, history, steps }: LaneFile,
  declared: Strategy['steps'] | undefined,
): LaneView['time'] {
  const kinds = { ...IMPLIED_STEPS, ...declared };
  const named = header.stepNames.flatMap((name) => kinds[name] ?? []);
  if (!steps || named.length === 0 || named.length < header.stepNames.length) return null;
  const account = new LatencyAccount(named);
  account.add({ ...history, ...steps });
  return account.toTimeSpent();
}

function listLacks(
  headers: readonly HistoryHeader[],
  unsealed: readonly number[],
  { model }: LoadPlan,
  findStrategy: FindStrategy,
): string[] {
  const unknown = headers.filter(({ strategy }) => !findStrategy(strategy)).map(({ strategy }) => strategy);
  const unlabelled = headers.filter(({ strategy, expected }) => !expected && !findStrategy(strategy));
  const lacks = [
    'It holds no samples of the item’s row: the stock is drawn from what each sale left.',
    model === 'open' && 'It does not say when attempts were due, so how late they were sent is not known.',
    headers[0] && !tellsPlan(headers[0]) && sayNoPlan(headers[0]),
    unknown.length > 0 &&
      `This program does not have the strategy ${[...new Set(unknown)].join(', ')}, so it cannot say what its steps do.`,
    unlabelled.length > 0 &&
      'It does not say what to expect of its strategy, which is shown as one that has to hold.',
    unsealed.length > 0 &&
      `It has no digest for ${unsealed.length === headers.length ? 'its lanes' : `lane ${unsealed.join(', ')}`}: nothing shows whether it was changed.`,
    new Set(headers.map(({ raceId }) => raceId)).size > 1 && 'Its lanes come from several races.',
  ];
  return lacks.filter((sentence) => typeof sentence === 'string');
}

function sayNoPlan({ plan }: HistoryHeader): string {
  return plan === undefined
    ? 'It does not say under which load plan it was recorded.'
    : 'It tells only a part of the load plan under which it was recorded.';
}

/** The control in the file is judged too, and may have ended otherwise than another lane says. */
function contradict(index: number, headers: readonly HistoryHeader[], lanes: readonly LaneView[]): string[] {
  const header = headers[index];
  if (!header?.control) return [];
  const { control, strategy } = header;
  const judged = lanes[findLane(header, control.strategy, headers)];
  if (!judged || index === judged.index || control.broke === (judged.verdict.status === 'violated'))
    return [];
  const [said, found] = control.broke ? ['broke', 'it did not break'] : ['held', 'it broke'];
  return [
    `The lane of ${strategy} says that its control ${control.strategy} ${said}; by the audit of the control’s own lane ${found}.`,
  ];
}
