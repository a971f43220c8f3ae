import { inWords } from '@/failures/in-words';

/** A dependency of a race. */
export interface Dependency {
  name: string;
  /**
   * Rejects when the dependency does not respond. Resolves with a value that changes with each restart, if it has one.
   */
  probe: () => Promise<string | undefined>;
  /** The latest incident, as the end of a sentence, if known; one from before the watch is not told. */
  incident?: () => string | undefined;
}

const INTERVAL_MS = 500;
/** One lost probe may be a hiccup under load; this many in a row are an outage. */
const FAILURES = 3;
/** Most probes of one dependency in flight at once: where it is slow, more would make it slower. */
const MOST_WAITING = 3;
/** A probe that fails while this process itself was blocked for longer says nothing about the dependency, ms. */
const HELD_UP_MS = 300;

/**
 * Probes what a race needs while it runs. Reports a dependency once: after three failed probes in a row, with the last
 * failure, or after a restart. Returns the function that ends the watch.
 */
export function watchDependencies<D extends Dependency>(
  dependencies: D[],
  onLost: (reason: Error, dependency: D) => void,
): () => void {
  const failures = new Map<D, number>();
  const waiting = new Map<D, number>();
  const starts = new Map<D, string>();
  const past = new Map(dependencies.map((dependency) => [dependency, dependency.incident?.()]));
  const lost = new Set<D>();
  let isOver = false;
  let lastTick = performance.now();
  let heldUpAt = Number.NEGATIVE_INFINITY;

  const lose = (dependency: D, reason: string) => {
    if (isOver || lost.has(dependency)) return;
    lost.add(dependency);
    const incident = dependency.incident?.();
    const isNew = incident !== undefined && incident !== past.get(dependency);
    onLost(new Error(isNew ? `${reason} ${dependency.name} ${incident}.` : reason), dependency);
  };
  const check = async (dependency: D) => {
    const { name, probe } = dependency;
    const asked = performance.now();
    try {
      const start = await probe();
      failures.set(dependency, 0);
      if (start === undefined) return;
      if (starts.has(dependency) && starts.get(dependency) !== start)
        return lose(dependency, `${name} was started again during the race.`);
      starts.set(dependency, start);
    } catch (error) {
      if (heldUpAt >= asked || performance.now() - lastTick > INTERVAL_MS + HELD_UP_MS) return;
      const count = (failures.get(dependency) ?? 0) + 1;
      failures.set(dependency, count);
      if (count >= FAILURES) lose(dependency, `${name} was lost during the race: ${inWords(error)}.`);
    }
  };
  const checkAll = () => {
    for (const dependency of dependencies) {
      const before = waiting.get(dependency) ?? 0;
      if (before >= MOST_WAITING) continue;
      waiting.set(dependency, before + 1);
      void check(dependency).then(() => waiting.set(dependency, (waiting.get(dependency) ?? 1) - 1));
    }
  };
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - lastTick > INTERVAL_MS + HELD_UP_MS) heldUpAt = now;
    lastTick = now;
    checkAll();
  }, INTERVAL_MS);
  checkAll();
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}
