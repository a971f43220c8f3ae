import { describe, expect, it } from 'vitest';
import { describeCoverage } from '@/report/describe-coverage';
import { confirmExamples } from './confirm-examples';
import { Group } from './outcome-table';

const RAN = { id: 'abab', preemptions: 2, moves: 4 };
const SIMPLEST = { id: 'abba', preemptions: 1, moves: 4 };

function groupOf(simplest = SIMPLEST): Group {
  const group = new Group();
  group.add({ schedules: 3, self: RAN, simplest });
  return group;
}

const isViolated = (result: string) => result === 'violated';
const never = () => Promise.reject(new Error('nothing is to be run'));

describe('an example that was never run', () => {
  it('stays when it comes to the same', async () => {
    const group = groupOf();
    const claims = [{ group, isSame: isViolated }];
    const refuted = await confirmExamples(
      claims,
      () => false,
      () => Promise.resolve('violated'),
    );
    expect(refuted).toEqual([]);
    expect(group.example).toEqual(SIMPLEST);
  });

  it.each([['ok'], [undefined]])('gives way to what was run when it comes to %s', async (result) => {
    const group = groupOf();
    const claims = [{ group, isSame: isViolated }];
    const refuted = await confirmExamples(
      claims,
      () => false,
      () => Promise.resolve(result),
    );
    expect(refuted).toEqual(['abba']);
    expect(group.example).toEqual(RAN);
  });
});

it('an example that was run is not run again', async () => {
  const claims = [{ group: groupOf(RAN), isSame: isViolated }];
  expect(await confirmExamples(claims, (id) => id === 'abab', never)).toEqual([]);
});

it('a result with an example that was refuted says so', () => {
  const coverage = {
    ...{ possible: 6, run: 2, pruned: 0, abandoned: 0, sampled: 0, drawn: 0, overPreemptions: 0, cut: 0 },
    ...{ isExact: false, isComplete: false, cutReasons: [], unconfirmed: ['abba'] },
  };
  const found = { outcomes: [], undersold: null, leases: 0 };
  expect(describeCoverage(coverage, { preemptions: null, leaseExpiry: false }, found)).toBe(
    'None of the 2 orders that were run, of about 6 possible ones, breaks an invariant. ' +
      'Reduction took abba to equal another order, and it did not: the attempts share something that their steps do not show. Explore this strategy without reduction.',
  );
});
