import { setTimeout as sleep } from 'node:timers/promises';
import { inWords } from './in-words';

/** A dependency of a race or an exploration. */
export interface Dependency {
  name: string;
  /**
   * Rejects when the dependency does not respond. Resolves with a value that changes with each restart, if it has one.
   */
  probe: () => Promise<string | undefined>;
  /** The latest incident, as the end of a sentence, if known; one from before the watch is not told. */
  incident?: () => string | undefined;
}

/** What a job may need while it runs. */
export interface Watched {
  postgres: Dependency;
  redis: Dependency;
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
    onLost(new Error(withIncident(reason, dependency, past.get(dependency))), dependency);
  };
  const check = async (dependency: D) => {
    const asked = performance.now();
    try {
      const start = await dependency.probe();
      failures.set(dependency, 0);
      if (start === undefined) return;
      if (starts.has(dependency) && starts.get(dependency) !== start)
        return lose(dependency, sayStartedAgain(dependency, 'race'));
      starts.set(dependency, start);
    } catch (error) {
      if (heldUpAt >= asked || performance.now() - lastTick > INTERVAL_MS + HELD_UP_MS) return;
      const count = (failures.get(dependency) ?? 0) + 1;
      failures.set(dependency, count);
      if (count >= FAILURES) lose(dependency, sayLost(dependency, 'during the race', error));
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

/** Probes a dependency until it answers. @throws the failure of the last of as many probes as a watch takes for an outage */
export async function probePatiently({ probe }: Dependency): Promise<string | undefined> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await probe();
    } catch (error) {
      if (failures === FAILURES) throw error;
      await sleep(INTERVAL_MS);
    }
  }
}

/** `PostgreSQL was lost during the race: …` @param when such as `during the race` */
export function sayLost({ name }: Dependency, when: string, error: unknown): string {
  return `${name} was lost ${when}: ${inWords(error)}.`;
}

/** `PostgreSQL was started again during the race.` */
export function sayStartedAgain({ name }: Dependency, job: string): string {
  return `${name} was started again during the ${job}.`;
}

/** The reason, with the dependency's latest incident unless that is the past one. */
export function withIncident(reason: string, { name, incident }: Dependency, past?: string): string {
  const latest = incident?.();
  return latest === undefined || latest === past ? reason : `${reason} ${name} ${latest}.`;
}
