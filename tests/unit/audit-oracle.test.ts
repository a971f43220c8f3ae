import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { FINDING_KINDS } from '@/model/verdict';
import { compareLanes } from '../fixtures/lanes/oracle/agreement';

const PARTS = 100;
const LANES_A_PART = 500;
const LANES = PARTS * LANES_A_PART;

const seed = Number(process.env.ORACLE_SEED ?? randomInt(2 ** 31 - LANES));
const counted = new Map<string, number>();

test.for(Array.from({ length: PARTS }, (_, part) => [part + 1] as const))(
  `the audit and an oracle that follows its document agree on 500 random lanes, part %i of ${PARTS}`,
  ([part]) => {
    const { counts, mismatch } = compareLanes(seed + (part - 1) * LANES_A_PART, LANES_A_PART);
    for (const [name, count] of counts) counted.set(name, (counted.get(name) ?? 0) + count);
    expect(mismatch, `ORACLE_SEED=${seed}`).toBeUndefined();
  },
);

test('among these lanes no verdict and no kind of finding is rare', () => {
  console.log(`oracle: ORACLE_SEED=${seed}`, Object.fromEntries(counted));
  const rare = ['ok', 'violated', 'inconclusive', ...FINDING_KINDS].filter(
    (name) => (counted.get(name) ?? 0) < LANES / 200,
  );
  expect(rare, `ORACLE_SEED=${seed}`).toEqual([]);
});
