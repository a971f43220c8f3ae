import type { Undersold } from '@/model/exploration';
import { UnexplorableError } from './backend';
import type { Backend, Judged, Played, Scheduler } from './backend';
import { Group, isSimpler } from './outcome-table';
import type { Ran } from './outcome-table';

/** Collects schedules that refused an attempt although enough units were left, by the attempts they refused. */
export class RefusedInVain<P extends Played, J extends Judged<string>> {
  private readonly groups = new Map<string, Group & { attempts: readonly number[] }>();

  constructor(private readonly backend: Backend<P, J>) {}

  add(attempts: readonly number[], ran: Ran): void {
    if (attempts.length === 0) return;
    const key = attempts.join();
    const group = this.groups.get(key) ?? Object.assign(new Group(), { attempts });
    this.groups.set(key, group);
    group.add(ran);
  }

  entries(): [string, Group][] {
    return [...this.groups];
  }

  /**
   * The schedules that refused an attempt which succeeds when the attempts run one after the other; null when there are
   * none.
   */
  async compareWithSerialOrders(signal?: AbortSignal): Promise<Undersold | null> {
    if (this.groups.size === 0) return null;
    const attempts = [...new Set([...this.groups.values()].flatMap((group) => group.attempts))];
    const servedBy = await runSerially(this.backend, signal);
    // which schedule was judged first depends on the machine
    const served = attempts.filter((i) => servedBy.has(i)).sort((a, b) => a - b);
    const groups = [...this.groups.values()].filter((group) => group.attempts.some((i) => servedBy.has(i)));
    groups.sort((a, b) => (isSimpler(a.example, b.example) ? -1 : 1));
    const [simplest] = groups;
    const first = simplest?.attempts.find((i) => servedBy.has(i));
    if (!simplest || first === undefined) return null;
    return {
      run: groups.reduce((sum, { run }) => sum + run, 0),
      schedules: groups.reduce((sum, { schedules }) => sum + schedules, 0),
      refused: served.map((i) => `T${i + 1}` as const),
      example: simplest.example.id,
      servedBy: servedBy.get(first) ?? '',
    };
  }
}

/** For each attempt that succeeds in some serial order, the first such schedule. */
async function runSerially<P extends Played, J extends Judged<string>>(
  backend: Backend<P, J>,
  signal?: AbortSignal,
): Promise<Map<number, string>> {
  const served = new Map<number, string>();
  for (const order of permutations(Array.from({ length: backend.attempts }, (_, i) => i))) {
    const played = await backend.play(0, inOrder(order), signal);
    if (!played.run.isComplete) throw new UnexplorableError('One attempt after the other did not end.');
    const [judged] = await backend.judge([played]);
    for (const [i, outcome] of (judged?.outcomes ?? []).entries())
      if (outcome === 'accepted' && !served.has(i)) served.set(i, played.run.id);
  }
  return served;
}

/** Always goes on with the first attempt that has not ended. */
function inOrder(order: readonly number[]): Scheduler {
  return (enabled) => {
    const steps = enabled.filter(({ event }) => event === 'step');
    const first = order.find((i) => steps.some(({ actor }) => actor === i));
    return steps.find(({ actor }) => actor === first)?.token ?? null;
  };
}

function permutations(of: readonly number[]): number[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((first) =>
    permutations(of.filter((other) => other !== first)).map((rest) => [first, ...rest]),
  );
}
