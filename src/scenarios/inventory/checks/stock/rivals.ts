import { oncePerAudit, type AuditContext } from '@/audit/audit-context';
import { at, intAt } from '@/lib/column';
import { NumberIndex } from '@/lib/number-index';
import { sawSameVersion } from '../version-forks';
import { eachSharedUnit } from './unit-spans';
import { whyStockMayRise } from './restock';

/** The sale that started from the same state as another one, and in which respect. */
export interface Rival {
  attempt: number;
  same: 'version' | 'unit' | 'stock';
}

/** Up to this many rivals are found by scanning the sales; more are worth an index. */
const PASSES = 64;

/**
 * A sale that excludes attempt i's: it wrote from the same version of the row, sold the same unit, or saw the same
 * stock. `undefined` when the record names none. Of several that share a version or a stock it is the first in the
 * history.
 */
export function findRival(context: AuditContext, i: number): Rival | undefined {
  const search = searches(context);
  search.asked += 1;
  const { sameVersion, sameUnit, sameStock } =
    search.asked > PASSES ? indexedSearch(context) : passingSearch(context);
  const byVersion = sameVersion(i);
  if (byVersion !== -1 && sawSameVersion(context.history, i, byVersion))
    return { attempt: byVersion, same: 'version' };
  const byUnit = sameUnit(i);
  if (byUnit !== -1) return { attempt: byUnit, same: 'unit' };
  const byStock = sameStock(i);
  return byStock === -1 ? undefined : { attempt: byStock, same: 'stock' };
}

/** The first other sale with something in common with attempt i; -1 without one. */
type Search = Record<'sameVersion' | 'sameUnit' | 'sameStock', (i: number) => number>;

const searches = oncePerAudit(() => ({ asked: 0 }));

/** One pass for each question. */
const passingSearch = oncePerAudit((context): Search => {
  const { seenVersion, seenStock } = context.history;
  return {
    sameVersion: (i) => findSale(context, i, (j) => seenVersion[j] === seenVersion[i]),
    sameUnit: (i) => intAt(sharersOfUnits(context), i),
    sameStock: (i) => findSale(context, i, (j) => seenStock[j] === seenStock[i]),
  };
});

/** The same from tables of the first two sales for each version and stock, for callers that read every piece. */
const indexedSearch = oncePerAudit((context): Search => {
  const { history } = context;
  const byVersion = new FirstTwo(context, (j) => at(history.seenVersion, j));
  const byStock = new FirstTwo(context, (j) => at(history.seenStock, j));
  return {
    sameVersion: (i) => byVersion.other(i),
    sameUnit: passingSearch(context).sameUnit,
    sameStock: (i) => byStock.other(i),
  };
});

/** For each number the first two sales that have it, so that each of the two finds the other. */
class FirstTwo {
  private readonly firsts: NumberIndex;
  private readonly seconds: NumberIndex;

  constructor(
    { history, matched }: AuditContext,
    private readonly keyOf: (i: number) => number,
  ) {
    this.firsts = new NumberIndex(history.count);
    this.seconds = new NumberIndex(history.count);
    for (let j = 0; j < history.count; j += 1) {
      const key = keyOf(j);
      if (Number.isNaN(key) || matched.ordersOf[j] === 0) continue;
      if (this.firsts.claim(key, j) !== -1) this.seconds.claim(key, j);
    }
  }

  /** The first sale with the number of attempt i that is not i; -1 without one. */
  other(i: number): number {
    const key = this.keyOf(i);
    if (Number.isNaN(key)) return -1;
    const first = this.firsts.find(key);
    return first === i ? this.seconds.find(key) : first;
  }
}

/** The first other sale of the history for which `fits` holds; -1 if there is none. NaN fits nothing. */
function findSale({ history, matched }: AuditContext, i: number, fits: (j: number) => boolean): number {
  for (let j = 0; j < history.count; j += 1) {
    if (j !== i && fits(j) && matched.ordersOf[j] !== 0) return j;
  }
  return -1;
}

/**
 * For each sale another one that was told a unit of the same number; -1 without one. The later one, by the unit that it
 * starts from, shares with the one before it that reaches furthest, if it shares with any. None where the stock may have
 * risen: then a unit of that number was there again.
 */
const sharersOfUnits = oncePerAudit((context): Int32Array => {
  const sharers = new Int32Array(context.history.count).fill(-1);
  if (whyStockMayRise(context) !== undefined) return sharers;
  eachSharedUnit(context, (first, second) => {
    sharers[second] = first;
    if (sharers[first] === -1) sharers[first] = second;
  });
  return sharers;
});
