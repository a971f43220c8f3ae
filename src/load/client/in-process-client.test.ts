import { expect, test } from 'vitest';
import { OUTCOMES } from '@/model/outcome';
import type { PurchaseResult } from '@/scenarios/inventory/purchase/purchase';
import { StepTrace } from '@/scenarios/inventory/purchase/step-trace';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { InProcessClient } from './in-process-client';

const strategy = { stepNames: [] } as unknown as RegisteredStrategy;

/** What a strategy comes to whose store refuses before anything is sent: all in one turn of the event loop. */
const refusedAtOnce = (): Promise<PurchaseResult> =>
  Promise.resolve({
    result: { outcome: 'error', code: 'offline', reason: 'the store is away' },
    trace: new StepTrace({}),
    settled: Promise.resolve(),
  });

test('purchases that are over at once leave the event loop its turns', async () => {
  const buyer = new InProcessClient({ purchase: refusedAtOnce }, strategy, 10_000);
  let turns = 0;
  const turn = () => {
    turns += 1;
    timer = setImmediate(turn);
  };
  let timer = setImmediate(turn);
  for (let n = 0; n < 1_000; n += 1) {
    const answer = await buyer.purchase(`race.0.${n}`, JSON.stringify({ sku: 'item', quantity: 1 }));
    expect(OUTCOMES[answer.outcome]).toBe('error');
  }
  clearImmediate(timer);
  buyer.close();
  expect(turns).toBeGreaterThanOrEqual(10);
});

test('a purchase that is given up before it was made has sold nothing', async () => {
  const buyers = Array.from(
    { length: 64 },
    () => new InProcessClient({ purchase: () => new Promise(() => undefined) }, strategy, 10_000),
  );
  const answers = buyers.map((buyer, n) =>
    buyer.purchase(`race.0.${n}`, JSON.stringify({ sku: 'item', quantity: 1 })),
  );
  for (const buyer of buyers) buyer.close();
  const outcomes = (await Promise.all(answers)).map(({ outcome }) => OUTCOMES[outcome]);
  expect(outcomes.filter((outcome) => outcome === 'error')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'indeterminate')).toHaveLength(63);
});
