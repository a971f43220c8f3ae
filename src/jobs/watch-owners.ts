import { setTimeout as sleep } from 'node:timers/promises';

/** How often it looks, ms: a lease that was lost with its connection is taken again much sooner. */
const LOOK_MS = 5_000;

/** How long the start of a server waits between its two looks, ms: a living server takes a lost lease again in 500. */
const START_GAP_MS = 1_500;

/** The owners that two looks in a row find without a lease. The second look is left out when the first finds none. */
export async function findSurelyDead(
  findDead: () => Promise<number[]>,
  gapMs = START_GAP_MS,
): Promise<number[]> {
  const suspects = await findDead();
  if (suspects.length === 0) return [];
  await sleep(gapMs);
  const found = new Set(await findDead());
  return suspects.filter((owner) => found.has(owner));
}

export interface OwnersWatch {
  /** Resolves when it looks no more. */
  close: () => Promise<void>;
}

/**
 * Interrupts the jobs of servers that die while this one lives. An owner has died when two looks in a row find it
 * without a lease. A look that fails is left out.
 */
export function watchOwners(
  findDead: () => Promise<number[]>,
  interrupt: (owners: number[]) => Promise<void>,
  lookMs = LOOK_MS,
): OwnersWatch {
  const closing = new AbortController();
  const { signal } = closing;
  const watching = (async () => {
    let suspects = new Set<number>();
    for (;;) {
      try {
        await sleep(lookMs, undefined, { signal, ref: false });
      } catch {
        return;
      }
      try {
        const found = await findDead();
        const dead = found.filter((owner) => suspects.has(owner));
        suspects = new Set(found);
        if (dead.length > 0) await interrupt(dead);
      } catch {
        // PostgreSQL is away, which health reports
      }
    }
  })();
  return {
    close: () => {
      closing.abort();
      return watching;
    },
  };
}
