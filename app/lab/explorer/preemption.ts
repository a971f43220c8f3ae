interface Event {
  actor: number;
  event: 'step' | 'crash' | 'lease';
}

/** The attempt that took the latest step. A death, or the end of a lease, is nobody's turn. */
export function lastToStep(moves: readonly Event[]): number | undefined {
  return moves.findLast(({ event }) => event === 'step')?.actor;
}

/** Whether a choice turns from the attempt that took the latest step while it could go on: it neither waits nor has ended. */
export function isPreemption({ actor, event }: Event, ready: readonly number[], last?: number): boolean {
  return event === 'step' && last !== undefined && last !== actor && ready.includes(last);
}
