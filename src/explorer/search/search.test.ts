import { describe, expect, it } from 'vitest';
import type { ExplorationPlan } from '@/model/exploration';
import { PLAN_DEFAULTS } from '@/plan/catalogue-plans';
import type { AccessSet } from './access-set';
import type { Backend, Enabled, Judged, Played, Scheduler, Transition } from './backend';
import { isPreemption, lastToStep } from './preemption';
import { Search } from './search';
import type { ExplorationEvents } from './search';

/** A step of an attempt in the memory of this test: what it does to the stock, and what it touches. */
interface TinyStep {
  take: (state: State, attempt: number) => void;
  accessSet: AccessSet;
  shared?: Transition['shared'];
}

interface State {
  stock: number;
  sold: number;
  seen: number[];
}

const touching = (access: 'read' | 'write'): AccessSet => new Map([['stock:0', access]]);

const READ: TinyStep = {
  take: (state, attempt) => (state.seen[attempt] = state.stock),
  accessSet: touching('read'),
};
const WRITE_WHAT_WAS_SEEN: TinyStep = {
  take: (state, attempt) => {
    const seen = state.seen[attempt] ?? 0;
    if (seen === 0) return;
    state.stock = seen - 1;
    state.sold += 1;
  },
  accessSet: touching('write'),
};
const GUARDED_WRITE: TinyStep = {
  take: (state) => {
    if (state.stock === 0) return;
    state.stock -= 1;
    state.sold += 1;
  },
  accessSet: touching('write'),
};
const THINK: TinyStep = { take: () => undefined, accessSet: new Map() };
/** Reduction takes it to commute with everything, and it does not. */
const HIDDEN_READ: TinyStep = { ...READ, accessSet: new Map() };

/** Touches something that all schedules share. */
const SHARED_WRITE: TinyStep = {
  ...WRITE_WHAT_WAS_SEEN,
  shared: [{ what: 'the till', remains: 'no' }],
};

interface PlayedHere extends Played {
  state: State;
}

/** Attempts that all take the same steps on one unit: the search needs no database to explore them. */
function tinyBackend(steps: readonly TinyStep[], attempts: number, slots = 3): Backend<PlayedHere> {
  const play = async (_slot: number, choose: Scheduler): Promise<PlayedHere> => {
    const state: State = { stock: 1, sold: 0, seen: [] };
    const moves: Transition[] = [];
    for (;;) {
      const enabled = Array.from({ length: attempts }, (_, actor): Enabled[] => {
        const taken = moves.filter((move) => move.actor === actor).length;
        if (taken === steps.length) return [];
        return [{ token: 'abc'[actor] ?? '', actor, event: 'step', isLocal: false }];
      }).flat();
      const token = enabled.length > 0 ? choose(enabled, moves) : null;
      const chosen = enabled.find((one) => one.token === token);
      const id = moves.map((move) => move.token).join('');
      if (!chosen)
        return { state, run: { id, moves, isComplete: enabled.length === 0, isSerializable: false } };
      const step = steps[moves.filter(({ actor }) => actor === chosen.actor).length];
      step?.take(state, chosen.actor);
      const ready = enabled.map(({ actor }) => actor);
      const turns = isPreemption(chosen, ready, lastToStep(moves));
      moves.push({
        ...chosen,
        accessSet: step?.accessSet ?? new Map(),
        ...(step?.shared && { shared: step.shared }),
        woke: [],
        ready,
        isPreemption: turns,
      });
      // schedules in other slots go on meanwhile
      await Promise.resolve();
    }
  };
  const judge = async (played: readonly PlayedHere[]): Promise<Judged[]> =>
    played.map(({ state }) => ({
      outcomes: Array.from({ length: attempts }, (_, i) => (i < state.sold ? 'accepted' : 'sold-out')),
      kinds: state.sold > 1 ? ['oversold'] : [],
      refusedInVain: [],
    }));
  const replay = async (id: string) => {
    const [judged] = await judge([await play(0, (_, taken) => id[taken.length] ?? null)]);
    return judged;
  };
  return { attempts, slots, play, judge, discard: async () => undefined, replay };
}

async function search(
  backend: Backend<PlayedHere>,
  change: Partial<ExplorationPlan> = {},
  events: ExplorationEvents = {},
) {
  const one = new Search(backend, { ...PLAN_DEFAULTS, strategy: 'tiny', ...change }, events);
  await one.run();
  return one.result();
}

describe('a search knows nothing of what it explores but its backend', () => {
  it('runs every order once, and names the simplest that breaks something', async () => {
    const backend = tinyBackend([READ, THINK, WRITE_WHAT_WAS_SEEN], 2);
    const { coverage, outcomes, violation } = await search(backend, { reduction: false });
    expect(coverage).toMatchObject({ possible: 20, run: 20, pruned: 0, isExact: true, isComplete: true });
    // 18 of 20: only the two serial orders let the second attempt see what the first has written
    expect(outcomes).toMatchObject([
      { findings: ['oversold'], schedules: 18 },
      { findings: [], schedules: 2 },
    ]);
    expect(violation).toBe('aabbba');
  });

  it('finds the same with reduction, in fewer runs', async () => {
    const backend = tinyBackend([READ, THINK, WRITE_WHAT_WAS_SEEN], 3);
    const all = await search(backend, { reduction: false });
    const reduced = await search(backend);
    const counted = (rows: typeof all.outcomes) => rows.map(({ run: _run, ...row }) => row);
    expect(counted(reduced.outcomes)).toEqual(counted(all.outcomes));
    expect(reduced.violation).toBe(all.violation);
    expect(reduced.coverage.run + reduced.coverage.pruned).toBe(all.coverage.run);
    expect(reduced.coverage.run).toBeLessThan(all.coverage.run / 10);
  });

  it('finds nothing where nothing breaks', async () => {
    const { outcomes, violation } = await search(tinyBackend([READ, GUARDED_WRITE], 3));
    expect(outcomes.map(({ findings }) => findings)).toEqual([[]]);
    expect(violation).toBeUndefined();
  });

  it('refuses a tree that is too large, with the size that it estimates', async () => {
    const steps = [READ, THINK, THINK, THINK, WRITE_WHAT_WAS_SEEN];
    const refused = search(tinyBackend(steps, 3), { reduction: false, maxSchedules: 100 });
    await expect(refused).rejects.toThrow(/100 are allowed/);
  });

  it.each([true, false])(
    'says only what is certain of a tree that it was stopped in, reduction %s',
    async (reduction) => {
      const stop = new AbortController();
      const steps = [READ, THINK, THINK, WRITE_WHAT_WAS_SEEN];
      const { coverage } = await search(
        tinyBackend(steps, 3),
        { reduction, maxSchedules: 100_000 },
        { signal: stop.signal, progress: ({ run }) => void (run > 2 && stop.abort()) },
      );
      expect(coverage).toMatchObject({ isExact: false, isLeast: true, isComplete: false });
      expect(coverage.possible).toBeGreaterThanOrEqual(coverage.run + coverage.pruned);
      // 12! / 4!^3
      expect(coverage.possible).toBeLessThanOrEqual(34_650);
    },
  );

  it('shows nothing that it has not run, also where steps hide what they touch', async () => {
    const backend = tinyBackend([HIDDEN_READ, WRITE_WHAT_WAS_SEEN], 2);
    const { coverage, outcomes, violation } = await search(backend);
    // one after the other, and thought to be equal to abba, which was run and oversold
    expect(coverage).toMatchObject({ unconfirmed: ['bbaa'], isExact: false, isComplete: false });
    expect(violation).toBe('abba');
    for (const { example, findings } of outcomes)
      expect((await backend.replay(example))?.kinds, example).toEqual(findings);
  });
});

describe('schedules that share more than their items', () => {
  /** Counts the schedules that run at the same time. */
  const counting = (backend: Backend<PlayedHere>) => {
    let running = 0;
    const most = { atOnce: 0 };
    const play: typeof backend.play = async (...args) => {
      running += 1;
      most.atOnce = Math.max(most.atOnce, running);
      return backend.play(...args).finally(() => (running -= 1));
    };
    return { backend: { ...backend, play, pace: 'alone' as const }, most };
  };

  it('run at once while they share nothing', async () => {
    const { backend, most } = counting(tinyBackend([READ, WRITE_WHAT_WAS_SEEN], 2));
    await search(backend, { reduction: false });
    expect(most.atOnce).toBeGreaterThan(1);
  });

  it('run one at a time where the first of them shares something', async () => {
    const { backend, most } = counting(tinyBackend([READ, SHARED_WRITE], 2));
    const { coverage } = await search(backend, { reduction: false });
    expect(most.atOnce).toBe(1);
    expect(coverage).toMatchObject({ possible: 6, isExact: true });
  });

  it('have no result where that shows while several run', async () => {
    let played = 0;
    const own = tinyBackend([READ, WRITE_WHAT_WAS_SEEN], 2);
    const sharing = tinyBackend([READ, SHARED_WRITE], 2);
    const discarded: PlayedHere[] = [];
    const backend: Backend<PlayedHere> = {
      ...own,
      play: (...args) => ((played += 1) > 2 ? sharing : own).play(...args),
      discard: async (some) => void discarded.push(...some),
    };
    const plan = { ...PLAN_DEFAULTS, reduction: false };
    const one = new Search(backend, plan, {});
    await one.run();
    expect(one.isDisturbed).toBe(true);
    expect(discarded).toHaveLength(played);
    expect(played).toBeLessThan(6);
  });
});
