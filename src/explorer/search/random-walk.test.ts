import { expect, it } from 'vitest';
import { RandomWalk } from './random-walk';
import type { Enabled, Transition } from './backend';
import { TreeSize } from './tree-size';

const LENGTH = 6;

/** Two attempts of six steps each, one of which may die before any step: 924 + 2 × 6 … schedules. */
function walk(number: number, bound: number | null): { taken: Transition[]; probability: number } {
  const random = new RandomWalk(1, number, bound);
  const taken: Transition[] = [];
  for (;;) {
    const done = [0, 1].map((actor) => taken.filter((move) => move.actor === actor).length);
    const dead = taken.find(({ event }) => event === 'crash')?.actor;
    const alive = [0, 1].filter((actor) => actor !== dead && (done[actor] ?? 0) < LENGTH);
    if (alive.length === 0) return { taken, probability: random.probability };
    const options = alive.flatMap((actor): Enabled[] => {
      const token = 'ab'[actor] ?? '';
      const step: Enabled = { token, actor, event: 'step', isLocal: false };
      return dead === undefined ? [step, { ...step, token: `${token}!`, event: 'crash' }] : [step];
    });
    const token = random.choose(options, taken);
    const chosen = options.find((option) => option.token === token);
    if (!chosen) throw new Error('nothing was chosen');
    const last = taken.findLast(({ event }) => event === 'step')?.actor;
    const isPreemption =
      chosen.event === 'step' && last !== undefined && last !== chosen.actor && alive.includes(last);
    taken.push({ ...chosen, accessSet: new Map(), woke: [], ready: [], isPreemption });
  }
}

/** Schedules from here, counted one by one. */
function count(a: number, b: number): number {
  if (a === 0 && b === 0) return 1;
  const steps = (a > 0 ? count(a - 1, b) : 0) + (b > 0 ? count(a, b - 1) : 0);
  // whoever dies leaves the other to go on alone
  return steps + (a > 0 ? 1 : 0) + (b > 0 ? 1 : 0);
}

it('tells by how likely its schedules were how many there are', () => {
  const size = new TreeSize();
  for (let number = 0; number < 2_000; number += 1) size.add(1 / walk(number, null).probability, 1);
  const exact = count(LENGTH, LENGTH);
  expect(size.estimate() / exact).toBeGreaterThan(0.9);
  expect(size.estimate() / exact).toBeLessThan(1.1);
});

it('holds to the bound on preemptions', () => {
  const turns = Array.from({ length: 200 }, (_, number) =>
    walk(number, 2).taken.filter((move) => move.isPreemption),
  );
  expect(Math.max(...turns.map((moves) => moves.length))).toBe(2);
});
