import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { compareLanes } from '../fixtures/lanes/oracle/agreement';
import { share } from './share';

const LANES = share(2_000_000);

test(`the audit and its oracle agree on ${LANES} random lanes`, () => {
  const seed = Number(process.env.ORACLE_SEED ?? randomInt(2 ** 31 - LANES));
  console.log(`oracle: ORACLE_SEED=${seed}`);
  expect(compareLanes(seed, LANES).mismatch, `ORACLE_SEED=${seed}`).toBeUndefined();
}, 3_600_000);
