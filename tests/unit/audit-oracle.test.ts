import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { FINDING_KINDS } from '~/lab/audit/verdict';
import { compareLanes } from '../fixtures/oracle/agreement';

const LANES = 50_000;

test('the audit and an oracle written from its document agree on 50,000 random lanes', () => {
  const seed = Number(process.env.ORACLE_SEED ?? randomInt(2 ** 31 - LANES));
  const { counts, mismatch } = compareLanes(seed, LANES);
  console.log(`oracle: ORACLE_SEED=${seed}`, Object.fromEntries(counts));

  expect(mismatch, `ORACLE_SEED=${seed}`).toBeUndefined();
  const rare = ['ok', 'violated', 'inconclusive', ...FINDING_KINDS].filter(
    (name) => (counts.get(name) ?? 0) < LANES / 200,
  );
  expect(rare).toEqual([]);
}, 300_000);
