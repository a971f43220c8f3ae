import type { LaneView, RaceView } from '@/model/race';

/** The axes that the picture can have: units sold or attempts per second, and the kind of harm. */
export type Speed = 'acceptedPerS' | 'attemptsPerS';
export type Harm = 'oversold' | 'lostUpdates';

export type Mark = 'ok' | 'violated' | 'inconclusive';

/** One judged lane: its speed, and its harm. */
export interface FrontierPoint {
  lane: number;
  strategy: string;
  name: string;
  mark: Mark;
  /** Per second. */
  speed: number;
  /** Units; 0 is safe. */
  harm: number;
  /** What limited its pace; null is the strategy itself. Otherwise its speed supports no conclusion. */
  pace: Pace | null;
}

export type Pace = 'generator' | 'server' | 'not measured';

export interface TradeOff {
  points: FrontierPoint[];
  /** The lanes whose throughput supports no conclusion, and why; null if there are none. */
  caveat: string | null;
  /** From the fastest lane that held over ever faster ones that broke, among those that set their own pace. */
  line: FrontierPoint[];
  /** The conclusion, in a sentence; null if no lane supports one. */
  claim: string | null;
}

/** Fewest lanes that make a picture. */
export const LEAST_LANES = 3;

/** Fewest lanes at their own pace that can be compared. */
const LEAST_COMPARED = 2;

/** Places the judged lanes of a race between safety and throughput. */
export function toFrontier(race: Pick<RaceView, 'lanes' | 'plan'>, speed: Speed, harm: Harm): TradeOff {
  const judged = race.lanes.filter(({ status }) => status === 'finished');
  const points = judged.map((lane) => ({
    lane: lane.index,
    strategy: lane.strategy,
    name: lane.strategyName,
    mark: lane.verdict.status,
    speed: lane.throughput[speed],
    harm: Math.max(0, lane[harm]),
    pace: lane.bottleneck === null ? ('not measured' as const) : lane.bottleneck.limitedBy,
  }));
  if (race.plan.order === 'parallel') return { points, caveat: SHARED, line: [], claim: null };
  const compared = points.filter(({ pace }) => pace === null);
  const enough = compared.length >= LEAST_COMPARED;
  const caveat = findCaveat(points, judged, enough);
  if (!enough) return { points, caveat, line: [], claim: null };
  const line = trace(compared);
  return {
    points,
    caveat,
    line,
    claim: conclude(compared, line, { speed, isPart: compared.length < points.length }),
  };
}

const SHARED = 'No claim about throughput: the lanes ran at the same time and shared one database.';

/** A lane that its generator or its server limited shows their pace, and not its strategy's. */
function findCaveat(
  points: readonly FrontierPoint[],
  lanes: readonly LaneView[],
  enough: boolean,
): string | null {
  const limited = points.filter(({ pace }) => pace === 'generator' || pace === 'server');
  const unknown = points.filter(({ pace }) => pace === 'not measured');
  if (limited.length + unknown.length === 0) return null;
  const many = ({ length }: readonly unknown[]) =>
    length === points.length ? 'all lanes' : `${length} of ${points.length} lanes`;
  const first = lanes.find(({ bottleneck }) => bottleneck?.limitedBy);
  const sentences = [
    enough ? 'No claim about the throughput of the hollow ones.' : 'No claim about throughput.',
    limited.length > 0 &&
      `The ${[...new Set(limited.map(({ pace }) => pace))].join(' or ')} set the pace of ${many(limited)}.`,
    unknown.length > 0 && `What set the pace of ${many(unknown)} was not measured.`,
    first && `${first.strategy}: ${first.bottleneck?.reason ?? ''}`,
  ];
  return sentences.filter(Boolean).join(' ');
}

/** The fastest lane that held, then every lane that is faster than all lanes with less harm. */
function trace(points: readonly FrontierPoint[]): FrontierPoint[] {
  const best = fastest(points.filter(({ mark, harm }) => mark === 'ok' && harm === 0));
  if (!best) return [];
  const line = [best];
  const broken = points.filter(({ mark }) => mark === 'violated');
  for (const point of [...broken].sort((a, b) => a.harm - b.harm || b.speed - a.speed)) {
    if (point.speed > (line.at(-1)?.speed ?? 0)) line.push(point);
  }
  return line;
}

function fastest(points: readonly FrontierPoint[]): FrontierPoint | undefined {
  return points.reduce<FrontierPoint | undefined>(
    (best, point) => (best && best.speed >= point.speed ? best : point),
    undefined,
  );
}

function conclude(
  points: readonly FrontierPoint[],
  [best, ...faster]: readonly FrontierPoint[],
  { speed, isPart }: { speed: Speed; isPart: boolean },
): string {
  const others = `Of the other ${points.length} lanes, `;
  if (!best)
    return `${isPart ? `${others}none` : 'No lane'} was proven to hold, so that there is no safe throughput to compare with.`;
  const held = `${isPart ? others : ''}${best.strategy} was the fastest that held`;
  const broke = points.some(({ mark }) => mark === 'violated');
  const last = faster.at(-1);
  if (!last)
    return broke ? `${held}, and nothing that broke was faster: safety cost nothing here.` : `${held}.`;
  const more = best.speed > 0 ? `${Math.round((100 * last.speed) / best.speed - 100)} % ` : '';
  // units sold beyond the stock count in favour of a lane that sold them
  return speed === 'acceptedPerS'
    ? `${held}; ${last.strategy} confirmed ${more}more sales per second and broke: its sales are no measure of its pace.`
    : `${held}; ${last.strategy} was ${more}faster and broke.`;
}
