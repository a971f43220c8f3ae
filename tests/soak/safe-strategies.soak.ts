import { listHolding, expectHeld } from '../fixtures/shop/predictions';
import { serverTest as test } from '../fixtures/server/server-test';
import { share } from './share';

const SEEDS = share(50);

test(`every strategy that is safe, or whose condition holds, survives ${SEEDS} seeded races`, async ({
  api,
}) => {
  const strategies = await listHolding(api);
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const plan = { stock: 20, attempts: 120, concurrency: 50, thinkMs: 5, rampS: 0, seed };
    const race = await api.race({ strategies, ...plan });
    console.log(`${seed}/${SEEDS} ${race.lanes.map(({ verdict }) => verdict.status).join(' ')}`);
    expectHeld(race);
  }
});
