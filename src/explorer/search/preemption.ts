interface Event {
  actor: number;
  event: 'step' | 'crash' | 'lease';
}

/** The attempt that took the latest step. A death, or the end of a lease, is not a step of any attempt. */
export function lastToStep(moves: readonly Event[]): number | undefined {
  return moves.findLast(({ event }) => event === 'step')?.actor;
}

/** Whether a choice switches away from the attempt that took the latest step although that attempt could go on. */
export function isPreemption({ actor, event }: Event, ready: readonly number[], last?: number): boolean {
  return event === 'step' && last !== undefined && last !== actor && ready.includes(last);
}

/** What may happen next within this bound on preemptions; null: no bound. */
export function withinBound<T extends Event>(
  options: readonly T[],
  taken: readonly (Event & { isPreemption: boolean })[],
  bound: number | null,
): readonly T[] {
  if (bound === null || taken.filter((move) => move.isPreemption).length < bound) return options;
  const last = lastToStep(taken);
  const ready = options.filter(({ event }) => event === 'step').map(({ actor }) => actor);
  return options.filter((option) => !isPreemption(option, ready, last));
}
