import { at, intAt, maskWhere } from './column';
import { HELD, type Invariant } from './invariant';
import { describeLoss } from './loss-evidence';
import { unitsLost } from './lost-units';
import { oncePerAudit, type AuditSubject } from './subject';
import { notes, PairList } from './witnesses';
import { countOf, formatNumber } from './wording';

/** Sales that wrote from the same version of the row, in pairs: n - 1 for a group of n. */
export interface VersionForks {
  /** Sales whose seen version is known. */
  known: number;
  /** Two entries a fork: the sale before of the same version, and the sale. By version, then as in the history. */
  pairs: Int32Array;
}

/**
 * Finds the sales that started from the same version of the row (audit.md 4), each with the one before it.
 * If both wrote the stock as an absolute value, that is the dependency cycle of P4, lost update (Adya, Liskov,
 * O'Neil: Generalized Isolation Level Definitions, 2000), and one of them is gone. Grouped by version and never by
 * stock value, which may come back. Sales that left other units than what they saw less what they took have
 * decremented in place, and undid nobody: they are passed over.
 *
 * Linear after sorting.
 */
export const findVersionForks = oncePerAudit((subject): VersionForks => {
  const { history, settlement } = subject;
  const sold = maskWhere(history.count, (i) => settlement.ordersOf[i] !== 0);
  const byVersion = subject.sort(history.seenVersion, sold);
  const pairs = new Int32Array(2 * byVersion.length);
  let size = 0;
  let earlier = -1;
  for (const later of byVersion) {
    if (wroteWhatItSaw(subject, later) === false) continue;
    const isFork = earlier !== -1 && at(history.seenVersion, earlier) === at(history.seenVersion, later);
    if (isFork) {
      pairs[size] = earlier;
      pairs[size + 1] = later;
      size += 2;
    }
    earlier = later;
  }
  return { known: byVersion.length, pairs: pairs.subarray(0, size) };
});

/**
 * Calls back with each two sales of a version that both told that they left what they saw less what they took: then
 * one write undid the other. Sales between them that did not tell are passed over.
 */
function eachProven(subject: AuditSubject, found: (earlier: number, later: number) => void): void {
  const { seenVersion } = subject.history;
  const { pairs } = findVersionForks(subject);
  let proven = -1;
  for (let k = 0; k < pairs.length; k += 2) {
    const [earlier, later] = [intAt(pairs, k), intAt(pairs, k + 1)];
    if (proven === -1 || at(seenVersion, proven) !== at(seenVersion, later)) {
      proven = wroteWhatItSaw(subject, earlier) === true ? earlier : -1;
    }
    if (wroteWhatItSaw(subject, later) !== true) continue;
    if (proven !== -1) found(proven, later);
    proven = later;
  }
}

/** Whether a sale left what it saw less what it took; `undefined` if it did not tell. */
function wroteWhatItSaw({ history }: AuditSubject, i: number): boolean | undefined {
  const expected = at(history.seenStock, i) - intAt(history.quantity, i);
  const left = at(history.remaining, i);
  return Number.isNaN(expected) || Number.isNaN(left) ? undefined : left === expected;
}

/**
 * No two sales may write from the same version. The lost units of a fork are the balance's finding; this one speaks
 * up where leaks of the same size hide them from the balance. Count: sales whose fork is proven.
 */
export const versionForks: Invariant = (subject) => {
  const { known } = findVersionForks(subject);
  if (known === 0) return { found: [], notApplicable: 'No sale told which version of the row it saw.' };
  const provenPairs = new PairList((earlier, later) => describeLoss(subject, earlier, later));
  eachProven(subject, (earlier, later) => provenPairs.add(earlier, later));
  const count = provenPairs.size;
  if (count === 0) return HELD;
  const proven = `${countOf(count, 'sale')} of ${formatNumber(known)} wrote from a version that another sale had written from.`;
  const lost = unitsLost(subject.final, subject.settlement);
  if (lost > subject.settlement.slackUnits) return { found: [], broken: proven };
  const message = `${proven} The balance of stock and orders does not show it: as many units left the stock without an order.`;
  const balance = { note: `Ordered - (initial - final) = ${lost}` };
  return {
    found: [{ kind: 'lost-update', count, message, witnesses: [notes(balance), provenPairs] }],
  };
};
