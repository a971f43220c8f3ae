import type { History } from '../history';
import { at } from './column';
import { NumberIndex } from './number-index';
import type { Settlement } from './settlement';

export interface VersionForks {
  /** Sales whose seen version is known. */
  known: number;
  /** Sales that wrote from a version which an earlier sale of the history had written from: n - 1 for a group of n. */
  count: number;
  /** The first forks, in the order of the history: `first` and `other` sold from the same version. */
  pairs: { first: number; other: number }[];
}

/**
 * Sales that started from the same version of the row (audit.md 4). If both wrote the stock as an absolute value,
 * that is the dependency cycle of P4, lost update (Adya, Liskov, O'Neil: Generalized Isolation Level Definitions,
 * 2000), and one of them is gone. Grouped by version and never by stock value, which may come back.
 *
 * Sales that decremented in place may share a seen version and lose nothing, so a fork alone is not a violation:
 * it is the witness for units that the balance says are lost.
 *
 * Time and memory are linear in the attempts.
 */
export function findVersionForks(history: History, settlement: Settlement, limit: number): VersionForks {
  const forks: VersionForks = { known: 0, count: 0, pairs: [] };
  const byVersion = new NumberIndex(history.count);
  for (let i = 0; i < history.count; i += 1) {
    const version = at(history.seenVersion, i);
    if (settlement.ordersOf[i] === 0 || Number.isNaN(version)) continue;
    forks.known += 1;
    const first = byVersion.claim(version, i);
    if (first === -1) continue;
    forks.count += 1;
    if (forks.pairs.length < limit) forks.pairs.push({ first, other: i });
  }
  return forks;
}
