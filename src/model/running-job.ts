/** What runs now: everything else waits until it is over. `names`: the strategies that were asked for. */
export type RunningJob =
  { kind: 'race' | 'exploration'; id: string; names: string[] } | { kind: 'isolation' };
