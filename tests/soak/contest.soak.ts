import { expect } from 'vitest';
import type { AuditResult } from '@/model/verdict';
import {
  contestedPlan,
  expectBlamed,
  expectExact,
  holds,
  listMutants,
  ONE_SALE,
} from '../fixtures/shop/contest';
import type { OneSale } from '../fixtures/shop/contest';
import { laneTest } from '../fixtures/lanes/lane-here';
import { listHolding } from '../fixtures/shop/predictions';
import { serverTest } from '../fixtures/server/server-test';
import { share } from './share';

const RACES = share(20);
const PLANS = Object.keys(ONE_SALE) as OneSale[];

/** Counts the races in which each strategy was `ok`. */
class Tally {
  private readonly ok = new Map<string, number>();
  private readonly doubts: string[] = [];

  add(strategy: string, { status, reason }: Pick<AuditResult['verdict'], 'status' | 'reason'>): void {
    this.ok.set(strategy, (this.ok.get(strategy) ?? 0) + (status === 'ok' ? 1 : 0));
    if (status !== 'ok') this.doubts.push(`${strategy} ${status}: ${reason}`);
  }

  /**
   * Every strategy was shown to be contested. That each race shows it is printed and not expected: what keeps its row
   * or its key for a millisecond may, on a busy machine, be over before the losers come (docs/audit.md, proof of
   * overlap).
   */
  expectContested(plan: OneSale): void {
    const rare = [...this.ok].filter(([, ok]) => ok < RACES).map(([id, ok]) => `${id} in ${ok}`);
    console.log(`${plan}: ok in ${RACES} of ${RACES} races, but for ${rare.join(', ') || 'none'}`);
    const never = [...this.ok].filter(([, ok]) => ok === 0);
    expect(never, `${plan}\n${this.doubts.join('\n')}`).toEqual([]);
  }
}

serverTest.for(PLANS)(`%s, ${RACES} races over HTTP: sold once, and contested`, async (name, { api }) => {
  const strategies = await listHolding(api);
  const plan = ONE_SALE[name];
  const tally = new Tally();
  for (let seed = 1; seed <= RACES; seed += 1) {
    const burst = { model: 'burst', ...plan, concurrency: plan.attempts, seed };
    const { lanes } = await api.race({ strategies, ...burst });
    for (const { strategy, verdict } of lanes) tally.add(strategy, verdict);
    const ok = lanes.filter(({ verdict }) => verdict.status === 'ok').length;
    console.log(`${name}, seed ${seed}: ${ok} of ${lanes.length} ok`);
    expect(lanes.map(({ verdict }) => verdict.status)).not.toContain('violated');
    expect(lanes.map(({ orders }) => orders.count)).toEqual(lanes.map(() => 1));
  }
  tally.expectContested(name);
});

laneTest(
  `${RACES} races in this process: every strategy that holds is contested, every mutant blamed wherever it broke`,
  async ({ shop, race }) => {
    const mutants = await listMutants();
    const found = new Set<string>();
    const tallies = PLANS.map((plan) => ({ plan, tally: new Tally() }));
    for (let n = 1; n <= RACES; n += 1) {
      for (const { id, name, mutant, plan } of mutants) {
        const result = await race(mutant(shop.strategy(id)), plan);
        expectBlamed(name, result);
        if (result.verdict.status === 'violated') found.add(name);
      }
      for (const { plan, tally } of tallies) {
        for (const [id, strategy] of shop.strategies) {
          if (!holds(strategy)) continue;
          const burst = contestedPlan(id, plan);
          const result = await race(strategy, burst);
          expectExact(id, burst, result);
          tally.add(id, result.verdict);
        }
      }
      console.log(`${n}/${RACES}: ${found.size} of ${mutants.length} mutants found so far`);
    }
    for (const { plan, tally } of tallies) tally.expectContested(plan);
    expect([...found].sort()).toEqual(mutants.map(({ name }) => name).sort());
  },
);
