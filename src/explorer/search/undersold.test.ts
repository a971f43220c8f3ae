import { expect, test } from 'vitest';
import type { Backend, Judged, Played } from './backend';
import type { Ran } from './outcome-table';
import { RefusedInVain } from './undersold';

/** Serves each of two attempts, one after the other. */
const backend: Backend<Played, Judged<string>> = {
  attempts: 2,
  slots: 1,
  play: () => Promise.resolve({ run: { id: 'ab', moves: [], isComplete: true, isSerializable: false } }),
  judge: (played) =>
    Promise.resolve(played.map(() => ({ outcomes: ['accepted', 'accepted'], kinds: [], refusedInVain: [] }))),
  discard: () => Promise.resolve(),
  replay: () => Promise.resolve(undefined),
};

function ran(id: string): Ran {
  const self = { id, preemptions: 1, moves: id.length };
  return { schedules: 1, self, simplest: self };
}

test('the result names refused attempts in one order, whichever schedule was judged first', async () => {
  const refusals: [number[], Ran][] = [
    [[1], ran('aabb')],
    [[0], ran('abab')],
    [[0, 1], ran('abba')],
  ];
  const tellOf = (order: typeof refusals) => {
    const refused = new RefusedInVain(backend);
    for (const [attempts, one] of order) refused.add(attempts, one);
    return refused.compareWithSerialOrders();
  };
  const told = await tellOf(refusals);
  expect(told).toMatchObject({ refused: ['T1', 'T2'], example: 'aabb', schedules: 3 });
  expect(await tellOf([...refusals].reverse())).toEqual(told);
});
