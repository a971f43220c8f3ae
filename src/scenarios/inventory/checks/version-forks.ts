import { HELD, type Invariant } from '@/audit/invariant';
import { oncePerAudit, type AuditContext } from '@/audit/audit-context';
import { at, intAt } from '@/lib/column';
import type { History } from '@/model/history';
import { countOf, formatNumber } from '@/model/wording';
import { whyStockMayRise } from './stock/restock';
import { salesByVersion } from './stock/sales-by-version';

/** Sales that wrote from the same version of the row, in pairs: n - 1 for a group of n. */
export interface VersionForks {
  /** Sales whose seen version is known. */
  known: number;
  /** Two entries per fork: the previous sale of the same version, and the sale. By version, then as in the history. */
  pairs: Int32Array;
}

/**
 * Finds the sales that started from the same version of the row (audit.md 4), each with the one before it.
 * If both wrote the stock as an absolute value, that is the dependency cycle of P4, lost update (Adya, Liskov,
 * O'Neil: Generalized Isolation Level Definitions, 2000), and one of them is gone. Grouped by version and never by
 * stock value, which may come back. Sales that left other units than what they saw less what they took have
 * decremented in place, and undid no other: they are passed over. Nor are sales paired that saw different stocks: their
 * version did not rise with every write.
 *
 * Linear after sorting.
 */
export const findVersionForks = oncePerAudit((context): VersionForks => {
  const { history } = context;
  const byVersion = salesByVersion(context);
  const pairs = new Int32Array(2 * byVersion.length);
  let size = 0;
  let version = Number.NaN;
  // the places of the last sales of this version: of each stock (NaN: not told), and of all
  const lastOf = new Map<number, number>();
  let last = -1;
  for (const [place, later] of byVersion.entries()) {
    if (wroteWhatItSaw(context, later) === false) continue;
    if (at(history.seenVersion, later) !== version) {
      [version, last] = [at(history.seenVersion, later), -1];
      lastOf.clear();
    }
    const stock = at(history.seenStock, later);
    const agreeing = Math.max(lastOf.get(stock) ?? -1, lastOf.get(Number.NaN) ?? -1);
    const earlier = Number.isNaN(stock) ? last : agreeing;
    if (earlier !== -1) {
      pairs[size] = intAt(byVersion, earlier);
      pairs[size + 1] = later;
      size += 2;
    }
    last = place;
    lastOf.set(stock, place);
  }
  return { known: byVersion.length, pairs: pairs.subarray(0, size) };
});

/** Forks in which one write certainly undid the other. */
export interface ProvenForks {
  /** Sales beyond the first of each group: n - 1 for n. */
  sales: number;
  /** Units that were undone at least: of each group all but those of one sale, the largest. */
  units: number;
}

/**
 * Counts the sales of a version and a stock that reported to have left what they saw less what they took: then only one
 * of their writes can have lasted. Sales of one version that saw different stocks prove nothing against each other: a
 * write between them did not raise the version. Where the stock may rise nothing is proven either, as what a decrement
 * in place took may have come back before the next one.
 */
export const measureProvenForks = oncePerAudit((context): ProvenForks => {
  const forks: ProvenForks = { sales: 0, units: 0 };
  if (whyStockMayRise(context) !== undefined) return forks;
  const { history, matched } = context;
  let version = Number.NaN;
  /** The largest sale of this version by the stock that it saw. */
  const largestOf = new Map<number, number>();
  for (const i of salesByVersion(context)) {
    if (wroteWhatItSaw(context, i) !== true) continue;
    if (at(history.seenVersion, i) !== version) {
      version = at(history.seenVersion, i);
      largestOf.clear();
    }
    const stock = at(history.seenStock, i);
    const quantity = Math.min(intAt(history.quantity, i), at(matched.unitsOf, i));
    const largest = largestOf.get(stock);
    if (largest !== undefined) {
      forks.sales += 1;
      forks.units += Math.min(largest, quantity);
    }
    largestOf.set(stock, Math.max(largest ?? 0, quantity));
  }
  return forks;
});

/** Whether two sales told the same version of the row, and not two stocks, which it cannot have had. */
export function sawSameVersion({ seenVersion, seenStock }: History, one: number, other: number): boolean {
  if (seenVersion[one] !== seenVersion[other]) return false;
  const [stock, otherStock] = [at(seenStock, one), at(seenStock, other)];
  return stock === otherStock || Number.isNaN(stock) || Number.isNaN(otherStock);
}

/** Whether a sale left what it saw less what it took; `undefined` if it did not report both. */
export function wroteWhatItSaw({ history }: AuditContext, i: number): boolean | undefined {
  const expected = at(history.seenStock, i) - intAt(history.quantity, i);
  const left = at(history.remaining, i);
  return Number.isNaN(expected) || Number.isNaN(left) ? undefined : left === expected;
}

/**
 * No two sales may write from the same version. Check 2 counts what they undid, whether the balance shows it or a leak
 * of the same size hides it there.
 */
export const versionForks: Invariant = (context) => {
  const { known, pairs } = findVersionForks(context);
  if (known === 0) return { found: [], notApplicable: 'No sale told which version of the row it saw.' };
  if (pairs.length === 0) return HELD;
  const { sales } = measureProvenForks(context);
  if (sales > 0) {
    const broken = `${formatNumber(sales)} of ${countOf(known, 'sale')} wrote from a version that another sale had already written from.`;
    return { found: [], broken };
  }
  const shared = `${formatNumber(pairs.length / 2)} of ${countOf(known, 'sale')} started from a version that another sale had started from, but nothing they told shows that one undid the other.`;
  return { found: [], remark: shared };
};
