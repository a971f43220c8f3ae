import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { ATTACKS } from '../faults/attacks';
import { attackProduct, formatTable, type Row } from '../faults/campaign';
import { share } from './share';

const TRIES = share(10);
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31));

/** SEED=7 strikes at the same moments again, ONLY=Redis only by attacks with that in their name. */
test(
  `nothing is lost or wrong when the product is attacked ${TRIES} times in each way`,
  async () => {
    console.log(`SEED=${SEED}`);
    const rows: Row[] = [];
    for (const [name, attack] of Object.entries(ATTACKS)) {
      if (!name.includes(process.env.ONLY ?? '')) continue;
      rows.push(await attackProduct(name, attack, { tries: TRIES, seed: SEED }));
    }
    console.log(`SEED=${SEED}\n\n${formatTable(rows)}`);
    expect(rows.flatMap(({ name, wrongs }) => wrongs.map((wrong) => `${name}, ${wrong}`))).toEqual([]);
  },
  3 * 3_600_000,
);
