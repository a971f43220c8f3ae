/** A dependency of a race: resolves when it answers, rejects when it does not. */
export interface Dependency {
  name: string;
  probe: () => Promise<void>;
}

const INTERVAL_MS = 500;
/** One lost probe may be a hiccup under load; this many in a row are an outage. */
const FAILURES = 3;
/** A probe that fails while this process itself was held up for longer says nothing about the dependency, ms. */
const HELD_UP_MS = 300;

/**
 * Probes what a race needs while it runs, and reports the first dependency that stays away for about a second and a
 * half, with its last failure. Returns the function that ends the watch.
 */
export function watchDependencies(dependencies: Dependency[], onLost: (reason: Error) => void): () => void {
  const failures = new Map<string, number>();
  let isOver = false;
  let lastTick = performance.now();
  let heldUpAt = Number.NEGATIVE_INFINITY;

  const check = async ({ name, probe }: Dependency) => {
    const asked = performance.now();
    try {
      await probe();
      failures.set(name, 0);
    } catch (error) {
      if (heldUpAt >= asked || performance.now() - lastTick > INTERVAL_MS + HELD_UP_MS) return;
      const count = (failures.get(name) ?? 0) + 1;
      failures.set(name, count);
      if (count !== FAILURES || isOver) return;
      onLost(
        new Error(
          `${name} was lost during the race: ${error instanceof Error ? error.message : String(error)}`,
        ),
      );
    }
  };
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - lastTick > INTERVAL_MS + HELD_UP_MS) heldUpAt = now;
    lastTick = now;
    for (const dependency of dependencies) void check(dependency);
  }, INTERVAL_MS);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}
