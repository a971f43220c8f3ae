import { expect, onTestFinished, test } from 'vitest';
import { deferred } from '@/lib/deferred';
import { findSurelyDead, watchOwners } from './watch-owners';

/** Watches until all looks are used up; returns what was interrupted. */
async function interruptedBy(looks: (number[] | Error)[]): Promise<number[][]> {
  const interrupted: number[][] = [];
  const over = deferred();
  const left = [...looks];
  const findDead = async () => {
    const look = left.shift();
    if (look === undefined) over.resolve();
    if (look instanceof Error) throw look;
    return look ?? [];
  };
  const watch = watchOwners(findDead, async (owners) => void interrupted.push(owners), 1);
  onTestFinished(() => watch.close());
  await over.promise;
  return interrupted;
}

test('an owner without a lease in two looks in a row has died, and no other', async () => {
  expect(await interruptedBy([[1, 2], [2, 3], [], [3], [1]])).toEqual([[2]]);
});

test('a look that fails is left out', async () => {
  expect(await interruptedBy([[1], new Error('PostgreSQL is away'), [1]])).toEqual([[1]]);
});

test('an owner that takes its lease again between the looks of a start has not died', async () => {
  const looks = [
    [1, 2],
    [2, 3],
  ];
  expect(await findSurelyDead(async () => looks.shift() ?? [], 1)).toEqual([2]);
  expect(await findSurelyDead(async () => [], 1)).toEqual([]);
});
