import { at, intAt } from './column';
import type { AuditSubject } from './subject';

/** The sale that another one started from the same state as, and in which respect. */
export interface Rival {
  attempt: number;
  same: 'version' | 'unit' | 'stock';
}

/**
 * A sale that attempt i cannot have been served beside: it wrote from the same version of the row, or sold the same
 * unit, or saw the same stock. `undefined` when what was recorded names none. One pass for each respect: made for
 * the few pieces of evidence that somebody looks at.
 */
export function findRival(subject: AuditSubject, i: number): Rival | undefined {
  const { seenVersion, seenStock } = subject.history;
  const version = at(seenVersion, i);
  const sameVersion = findSale(subject, i, (j) => seenVersion[j] === version);
  if (sameVersion !== -1) return { attempt: sameVersion, same: 'version' };
  const sameUnit = findSale(subject, i, (j) => sharesUnit(subject, i, j));
  if (sameUnit !== -1) return { attempt: sameUnit, same: 'unit' };
  const stock = at(seenStock, i);
  const sameStock = findSale(subject, i, (j) => seenStock[j] === stock);
  return sameStock === -1 ? undefined : { attempt: sameStock, same: 'stock' };
}

/** The first other sale of the history for which `fits` holds; -1 if there is none. NaN fits nothing. */
function findSale({ history, settlement }: AuditSubject, i: number, fits: (j: number) => boolean): number {
  for (let j = 0; j < history.count; j += 1) {
    if (j !== i && fits(j) && settlement.ordersOf[j] !== 0) return j;
  }
  return -1;
}

/** Whether both were told units of the same number: a sale that leaves r of q units has sold units r to r + q - 1. */
function sharesUnit({ history }: AuditSubject, i: number, j: number): boolean {
  const { remaining, quantity } = history;
  const [a, b] = [at(remaining, i), at(remaining, j)];
  return a < b + intAt(quantity, j) && b < a + intAt(quantity, i);
}
