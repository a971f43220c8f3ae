import { conflict } from './access-set';
import type { Transition } from './backend';

/** The part of a move that decides which orders are equivalent. */
export type OrderedMove = Omit<Transition, 'isLocal' | 'isPreemption'>;

/**
 * A schedule stands for all that differ from it only in the order of moves that cannot affect each other (a
 * Mazurkiewicz trace). Returns which moves have to come before which, by index: `before[j]` holds every such i < j.
 */
export function orderMoves(moves: readonly OrderedMove[]): number[][] {
  return moves.map((late, j) =>
    moves.slice(0, j).flatMap((early, i) => (mustPrecede(early, late) ? [i] : [])),
  );
}

function mustPrecede(early: OrderedMove, late: OrderedMove): boolean {
  return (
    processOf(early) === processOf(late) ||
    conflict(early.accessSet, late.accessSet) ||
    (late.event !== 'lease' && early.woke.some(({ actor }) => actor === late.actor))
  );
}

/** An attempt's own moves are ordered; the clock that ends its lease is a process of its own. */
function processOf({ actor, event }: OrderedMove): string {
  return event === 'lease' ? `${actor}*` : String(actor);
}

/**
 * Schedules that one stands for, itself included: the linear extensions of its order. Takes steps in proportion to the
 * number of ways to cut it short.
 */
export function countSchedules(moves: readonly OrderedMove[]): number {
  const before = orderMoves(moves);
  const lanes = splitByProcess(moves);
  const known = new Map<string, number>();
  const count = (progress: number[]): number => {
    const key = progress.join();
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const next = nextMoves(lanes, before, progress);
    const isDone = lanes.every((lane, l) => progress[l] === lane.length);
    const total = isDone
      ? 1
      : next.reduce((sum, { lane }) => sum + count(progress.map((p, l) => (l === lane ? p + 1 : p))), 0);
    known.set(key, total);
    return total;
  };
  return count(lanes.map(() => 0));
}

/** Indices of moves by the attempt (or clock) that takes them, each in order. */
export function splitByProcess(moves: readonly OrderedMove[]): number[][] {
  const lanes = new Map<string, number[]>();
  for (const [place, move] of moves.entries()) {
    const process = processOf(move);
    lanes.set(process, [...(lanes.get(process) ?? []), place]);
  }
  return [...lanes.values()];
}

/** Which of the remaining moves may come next: at most one per lane. */
export function nextMoves(
  lanes: number[][],
  before: number[][],
  progress: number[],
): { lane: number; place: number }[] {
  const isDone = (place: number) => {
    const lane = lanes.findIndex((places) => places.includes(place));
    return (lanes[lane]?.indexOf(place) ?? 0) < (progress[lane] ?? 0);
  };
  return lanes.flatMap((places, lane) => {
    const place = places[progress[lane] ?? 0];
    return place !== undefined && (before[place] ?? []).every(isDone) ? [{ lane, place }] : [];
  });
}
