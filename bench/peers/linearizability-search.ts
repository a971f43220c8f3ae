/**
 * A generic search for a linearization of a counting semaphore: Wing and Gong's algorithm (Testing and Verifying
 * Concurrent Objects, 1993) with Lowe's memory of configurations (Testing for Linearizability, 2017), as Knossos and
 * Porcupine do it. Exponential in the operations that overlap. Knows nothing of the shortcut that the audit takes,
 * which is why it is its judge, on histories small enough, and its peer in the bench.
 */
export interface Operation {
  call: number;
  /** Infinity for one whose answer never came: it may take effect at any time after its call. */
  return: number;
  quantity: number;
  /** `take`: it took its units. `refuse`: it was told there were too few. `maybe`: it took its units, or nothing. */
  kind: 'take' | 'refuse' | 'maybe';
}

/** Most configurations that are remembered before the search gives up. */
const MOST_CONFIGURATIONS = 1_000_000;

/** Whether some order of the operations explains them all; `undefined` when finding out would take too long. */
export function isLinearizable(operations: readonly Operation[], stock: number): boolean | undefined {
  const ordered = operations.toSorted((a, b) => a.call - b.call);
  const seen = new Set<string>();
  const done = new Array<boolean>(ordered.length).fill(false);
  const search = (left: number, open: number): boolean | undefined => {
    if (open === 0) return true;
    const configuration = `${left};${done.map(Number).join('')}`;
    if (seen.has(configuration)) return false;
    if (seen.size === MOST_CONFIGURATIONS) return undefined;
    seen.add(configuration);
    // whatever was called after this cannot come first: intervals are closed, so a tie can
    const firstReturn = Math.min(...ordered.map((o, i) => (done[i] ? Infinity : o.return)));
    for (const [i, operation] of ordered.entries()) {
      if (operation.call > firstReturn) break;
      if (done[i]) continue;
      for (const after of effectsOf(operation, left)) {
        done[i] = true;
        const explained = search(after, operation.kind === 'maybe' ? open : open - 1);
        done[i] = false;
        if (explained !== false) return explained;
      }
    }
    return false;
  };
  return search(stock, ordered.filter(({ kind }) => kind !== 'maybe').length);
}

/** The stock after the operation, if it can take effect now. One that may never have happened is simply left out. */
function effectsOf({ kind, quantity }: Operation, left: number): number[] {
  if (kind === 'refuse') return left < quantity ? [left] : [];
  return left >= quantity ? [left - quantity] : [];
}
