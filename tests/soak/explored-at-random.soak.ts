import { compareTrees } from '../fixtures/explorer/compare-trees';
import { explorerTest as test } from '../fixtures/explorer/explorer';
import { share } from './share';

const PARTS = share(100);
const PAIRS = 100;
/** Schedules of the largest tree, roughly, of one part after the other. */
const SIZES = [12, 24, 48, 120];

test(
  `reduction finds what all schedules do of ${PARTS * PAIRS} generated strategies`,
  async ({ lab, shop }) => {
    const first = Math.floor(Math.random() * 2 ** 30);
    for (let part = 0; part < PARTS; part += 1) {
      const seed = first + part;
      const most = SIZES[part % SIZES.length]!;
      const { whole, reduced } = await compareTrees({ lab, shop }, { pairs: PAIRS, most, seed });
      console.log(
        `${part + 1}/${PARTS} seed ${seed}, trees of ${most}: ${reduced} of ${whole} schedules run`,
      );
    }
  },
  12 * 3_600_000,
);
