import { expect, onTestFinished, test } from 'vitest';
import { ATTACKS } from '../faults/attacks';
import { attackProduct, type Moment, type Row } from '../faults/campaign';
import { Product } from '../faults/product';

/** Each of them strikes once, in this order; `npm run soak -- faults` has all of them, at any moment. */
const STRUCK = ['kill -9 of PostgreSQL', 'kill -9 of the server'];

/** Not by the clock, but when attempts have been recorded. */
const inTheMiddle: Moment = async ({ product, raceId }) => {
  if (raceId !== undefined) await product.api.whenRecorded(raceId);
};

test('attacks on the product lose nothing, blame no strategy wrongly and leave nothing behind', async () => {
  const product = new Product();
  onTestFinished(() => product.destroy());
  const rows: Row[] = [];
  for (const name of STRUCK) {
    const attack = ATTACKS[name];
    if (!attack) throw new Error(`there is no attack "${name}"`);
    // how long a write takes is up to the machine
    const aim = { moment: inTheMiddle, race: { durationS: 0.5 }, mayLoseMs: Infinity };
    rows.push(await attackProduct(name, attack, { ...aim, tries: 1, seed: 1, product }));
  }

  expect(rows.flatMap(({ name, wrongs }) => wrongs.map((wrong) => `${name}, ${wrong}`))).toEqual([]);
  expect(await product.stop()).toEqual([]);
});
