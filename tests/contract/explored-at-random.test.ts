import { expect } from 'vitest';
import { compareTrees } from '../fixtures/explorer/compare-trees';
import { explorerTest as test } from '../fixtures/explorer/explorer';

const PARTS = 50;
const PAIRS = 10;
/** Schedules of a tree, roughly: small ones, since npm run soak -- explored-at-random takes larger ones. */
const MOST = 8;

/** Strategies of random steps: reads, writes, locks of every kind, retries, leases that run out and attempts that die. */
test.for(Array.from({ length: PARTS }, () => Math.floor(Math.random() * 2 ** 31)))(
  `reduction finds what all schedules do of ${PAIRS} generated strategies, by seed %i`,
  { timeout: 300_000 },
  async (seed, { lab, shop }) => {
    const { whole, reduced } = await compareTrees({ lab, shop }, { pairs: PAIRS, most: MOST, seed });
    expect(reduced).toBeLessThanOrEqual(whole);
  },
);
