import type { LaneView, RaceView } from '~/lab/race';

/** What the picture can be about: what a lane sold or answered a second, and what went wrong in it. */
export type Speed = 'acceptedPerS' | 'attemptsPerS';
export type Harm = 'oversold' | 'lostUpdates';

export type Mark = 'ok' | 'violated' | 'inconclusive';

/** One judged lane: how fast it was, and what that cost. */
export interface FrontierPoint {
  lane: number;
  strategy: string;
  name: string;
  mark: Mark;
  /** Per second. */
  speed: number;
  /** Units; 0 is safe. */
  harm: number;
}

export interface Frontier {
  points: FrontierPoint[];
  /** Why nothing is to be concluded about throughput; null where it is. */
  caveat: string | null;
  /** From the fastest lane that held over ever faster ones that broke; empty with a caveat. */
  line: FrontierPoint[];
  /** What that comes to, in a sentence; null with a caveat. */
  claim: string | null;
}

/** Lanes that it takes to make a picture. */
export const LEAST_LANES = 3;

/** Where the judged lanes of a race stand between safety and throughput. */
export function toFrontier(race: Pick<RaceView, 'lanes' | 'plan'>, speed: Speed, harm: Harm): Frontier {
  const judged = race.lanes.filter(({ status }) => status === 'finished');
  const points = judged.map((lane) => ({
    lane: lane.index,
    strategy: lane.strategy,
    name: lane.strategyName,
    mark: lane.verdict.status,
    speed: lane.throughput[speed],
    harm: Math.max(0, lane[harm]),
  }));
  const caveat = findCaveat(judged, race.plan.order === 'parallel');
  if (caveat !== null) return { points, caveat, line: [], claim: null };
  const line = trace(points);
  return { points, caveat, line, claim: conclude(points, line) };
}

/** A lane that its generator or its server held back shows their pace, and not its strategy's. */
function findCaveat(lanes: readonly LaneView[], isParallel: boolean): string | null {
  const held = lanes.filter(({ bottleneck }) => (bottleneck?.limitedBy ?? null) !== null);
  const first = held[0];
  if (first) {
    const who = held.length === lanes.length ? 'all lanes' : `${held.length} of ${lanes.length} lanes`;
    const by = [...new Set(held.map(({ bottleneck }) => bottleneck?.limitedBy))].join(' or ');
    return `No claim about throughput: the ${by} set the pace of ${who}. ${first.strategy}: ${first.bottleneck?.reason ?? ''}`.trim();
  }
  if (isParallel) return 'No claim about throughput: the lanes ran at the same time and shared one database.';
  if (lanes.some(({ bottleneck }) => bottleneck === null))
    return 'No claim about throughput: what set the pace was not measured.';
  return null;
}

/** The fastest lane that held, and from there every lane that was faster than all with less harm. */
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

function conclude(points: readonly FrontierPoint[], [best, ...faster]: readonly FrontierPoint[]): string {
  if (!best) return 'No lane was proven to hold, so that there is no safe throughput to compare with.';
  const held = `${best.strategy} was the fastest that held`;
  const broke = points.some(({ mark }) => mark === 'violated');
  const last = faster.at(-1);
  if (!last)
    return broke ? `${held}, and nothing that broke was faster: safety cost nothing here.` : `${held}.`;
  const gain = best.speed > 0 ? `${Math.round((100 * last.speed) / best.speed - 100)} % faster` : 'faster';
  return `${held}; ${last.strategy} was ${gain} and broke.`;
}
