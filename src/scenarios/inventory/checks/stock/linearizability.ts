import { at, intAt } from '@/lib/column';

/**
 * What attempts were told, as operations on a counting semaphore. Index i is an attempt; all columns have one length.
 */
export interface SemaphoreHistory {
  call: Float64Array;
  return: Float64Array;
  /** Units that i certainly took at some time after its call, and before its return if it was told so. */
  taken: Float64Array;
  /** Units that i may have taken at some time after its call, or never. At most one of `taken` and `open` is not 0. */
  open: Int32Array;
  /** Units that i was told it could not have, between its call and its return; 0 if it was not told so. */
  refused: Int32Array;
  /** Units in stock; none are ever added. */
  stock: number;
  /** Units that may have been taken at any time, and by no attempt of this history. */
  unownedUnits: number;
  /** Attempts by rising call, and by rising return. */
  byCall: Uint32Array;
  byReturn: Uint32Array;
}

/** A refusal that is contradicted by the units left when it was made. */
export interface FalseRefusal {
  refused: number;
  /** Most units that can have been taken when the refusal was returned. */
  takenBy: number;
  /** The first attempt, by call, that took units and was called after the refusal was returned; -1 if there is none. */
  taker: number;
}

/**
 * Decides for each refusal whether some order of the operations explains it. The semaphore is linearizable (Herlihy
 * and Wing: Linearizability, 1990) exactly when the units taken are no more than the stock and no refusal is false.
 *
 * Let E(t) be the units of all attempts called by t. If a refusal of q returned at r has E(r) > S - q, every taker
 * can be put at its call and the refusal at its return, and then it is true. If not, no order makes it true, since
 * nothing called after r can come before it. Ties count as overlap: intervals are closed.
 *
 * Exact for any quantities where nothing is open, and where everything is of one unit. There, an open attempt can
 * make a refusal true only by taking the last unit, so that any taker called later contradicts the refusal as well.
 * With open attempts of several units a refusal is only called false if it is so whatever they do.
 *
 * Linear after sorting by call and by return. Refusals come by rising return.
 */
export function findFalseRefusals(history: SemaphoreHistory): FalseRefusal[] {
  const { byCall, byReturn, call, taken, open, refused, stock } = history;
  const laterTaker = nextTakers(history);
  const { areUnits, total } = measureDemand(history);
  const explainsNothing = areUnits && total <= stock;
  const takenLater = explainsNothing ? unitsFrom(history) : undefined;
  const found: FalseRefusal[] = [];
  let mayBeTaken = history.unownedUnits;
  let called = 0;
  for (const r of byReturn) {
    const returned = at(history.return, r);
    for (; called < byCall.length; called += 1) {
      const next = intAt(byCall, called);
      if (!(at(call, next) <= returned)) break;
      mayBeTaken += at(taken, next) + intAt(open, next);
    }
    const units = intAt(refused, r);
    if (units === 0) continue;
    const taker = intAt(laterTaker, called);
    const isContradicted = explainsNothing && taker !== -1;
    if (mayBeTaken > stock - units && !isContradicted) continue;
    // where no more than the stock is taken, what later buyers got was still there
    const takenBy = Math.min(mayBeTaken, stock - (takenLater === undefined ? 0 : at(takenLater, called)));
    found.push({ refused: r, takenBy, taker });
  }
  return found;
}

/** For each place in the order of calls, the first attempt from there on that certainly took units; -1 for none. */
function nextTakers({ byCall, taken }: SemaphoreHistory): Int32Array {
  const next = new Int32Array(byCall.length + 1).fill(-1);
  for (let place = byCall.length - 1; place >= 0; place -= 1) {
    const i = intAt(byCall, place);
    next[place] = at(taken, i) > 0 ? i : intAt(next, place + 1);
  }
  return next;
}

/** For each place in the order of calls, the units that attempts from there on certainly took. */
function unitsFrom({ byCall, taken }: SemaphoreHistory): Float64Array {
  const units = new Float64Array(byCall.length + 1);
  for (let place = byCall.length - 1; place >= 0; place -= 1)
    units[place] = at(units, place + 1) + at(taken, intAt(byCall, place));
  return units;
}

function measureDemand(history: SemaphoreHistory): { areUnits: boolean; total: number } {
  let areUnits = true;
  let total = history.unownedUnits;
  for (let i = 0; i < history.taken.length; i += 1) {
    const units = at(history.taken, i);
    total += units;
    if (Math.max(units, intAt(history.open, i), intAt(history.refused, i)) > 1) areUnits = false;
  }
  return { areUnits, total };
}
