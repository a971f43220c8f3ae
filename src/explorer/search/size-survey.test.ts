import { expect, it } from 'vitest';
import { RandomWalk } from './random-walk';
import type { Enabled, Transition } from './backend';
import { estimateSize } from './size-survey';

/** A tree of which the size is known: attempts of so many steps, of which one may die before any. */
interface Tree {
  steps: number[];
  crash: boolean;
}

function draw({ steps, crash }: Tree, seed: number, number: number): number {
  const walk = new RandomWalk(seed, number, null);
  const left = [...steps];
  let mayDie = crash;
  const taken: Transition[] = [];
  for (;;) {
    const options = left.flatMap((count, actor): Enabled[] => {
      const step: Enabled = { token: 'abc'[actor] ?? '', actor, event: 'step', isLocal: false };
      if (count === 0) return [];
      return mayDie ? [step, { ...step, token: `${step.token}!`, event: 'crash' }] : [step];
    });
    if (options.length === 0) return walk.probability;
    const token = walk.choose(options, taken);
    const chosen = options.find((option) => option.token === token);
    if (!chosen) throw new Error('nothing was chosen');
    const { actor, event } = chosen;
    left[actor] = event === 'crash' ? 0 : (left[actor] ?? 0) - 1;
    if (event === 'crash') mayDie = false;
    taken.push({ ...chosen, accessSet: new Map(), woke: [], ready: [], isPreemption: false });
  }
}

function sizeOf({ steps, crash }: Tree): number {
  if (steps.every((count) => count === 0)) return 1;
  const without = (i: number, count: number) => steps.map((own, j) => (i === j ? count : own));
  return steps.reduce((sum, count, i) => {
    if (count === 0) return sum;
    const deaths = crash ? sizeOf({ steps: without(i, 0), crash: false }) : 0;
    return sum + sizeOf({ steps: without(i, count - 1), crash }) + deaths;
  }, 0);
}

it.each<Tree>([
  { steps: [6, 6], crash: false },
  { steps: [8, 5], crash: false },
  { steps: [5, 5], crash: true },
  { steps: [7, 7], crash: true },
  { steps: [4, 4, 4], crash: false },
  { steps: [3, 3, 3], crash: true },
])('a limit by the estimate of $steps, with deaths: $crash, would do every time', (tree) => {
  const size = sizeOf(tree);
  for (let seed = 1; seed <= 20; seed += 1) {
    const drawn = Array.from({ length: 100 }, (_, number) => draw(tree, seed, number + 1));
    const { about, atMost } = estimateSize(drawn);
    expect(atMost).toBeGreaterThanOrEqual(size);
    // and would be no guess
    expect(about / size).toBeGreaterThan(0.5);
    expect(atMost / size).toBeLessThan(6);
  }
});
