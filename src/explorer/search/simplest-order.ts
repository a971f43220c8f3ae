import { isPreemption } from './preemption';
import { nextMoves, orderMoves, splitByProcess } from './traces';
import type { OrderedMove } from './traces';

/** A schedule's id, and its preemptions: how often it switches away from an attempt that could have gone on. */
export interface Order {
  id: string;
  preemptions: number;
}

/**
 * The simplest of the schedules that one stands for: it has the fewest preemptions, and among those comes first in
 * alphabetical order.
 */
export function simplestOrder(moves: readonly OrderedMove[]): Order {
  const before = orderMoves(moves);
  const lanes = splitByProcess(moves);
  const canGoOn = readinessOf(moves, lanes);
  const known = new Map<string, Order>();
  const best = (progress: number[], last: number | undefined): Order => {
    const key = `${progress.join()}/${last}`;
    const cached = known.get(key);
    if (cached) return cached;
    const next = nextMoves(lanes, before, progress);
    const ready = last !== undefined && canGoOn(last, progress) ? [last] : [];
    let found: Order | undefined;
    for (const { lane, place } of next) {
      const move = moves[place];
      if (!move) continue;
      const rest = best(
        progress.map((p, l) => (l === lane ? p + 1 : p)),
        move.event === 'step' ? move.actor : last,
      );
      const preemptions = rest.preemptions + (isPreemption(move, ready, last) ? 1 : 0);
      const order = { id: move.token + rest.id, preemptions };
      if (
        !found ||
        preemptions < found.preemptions ||
        (preemptions === found.preemptions && order.id < found.id)
      )
        found = order;
    }
    const simplest = found ?? { id: '', preemptions: 0 };
    known.set(key, simplest);
    return simplest;
  };
  return best(
    lanes.map(() => 0),
    undefined,
  );
}

/**
 * Returns whether an attempt could go on at a place of an order that was not run. Only moves that affect the attempt
 * make it wait or let it go on, and those come in the same order in every schedule that this one stands for. So the
 * latest of them that has been taken decides, as it did in the run.
 */
function readinessOf(
  moves: readonly OrderedMove[],
  lanes: readonly number[][],
): (actor: number, progress: readonly number[]) => boolean {
  const laneOf = lanes.map(([first = 0]) => moves[first]);
  const placeOf = moves.map((_, place) => {
    const lane = lanes.findIndex((places) => places.includes(place));
    return { lane, at: lanes[lane]?.indexOf(place) ?? 0 };
  });
  const isReadyAfter = (place: number, actor: number) => moves[place + 1]?.ready.includes(actor) ?? false;
  return (actor, progress) => {
    const lane = laneOf.findIndex((first) => first?.actor === actor && first.event !== 'lease');
    const taken = progress[lane] ?? 0;
    const own = lanes[lane] ?? [];
    const from = own[taken - 1] ?? 0;
    const to = own[taken] ?? moves.length;
    let isReady = isReadyAfter(from, actor);
    for (let place = from + 1, was = isReady; place < to; place += 1) {
      const is = isReadyAfter(place, actor);
      const { lane: other = 0, at = 0 } = placeOf[place] ?? {};
      const isTaken = at < (progress[other] ?? 0);
      if (is !== was && isTaken) isReady = is;
      was = is;
    }
    return isReady;
  };
}
