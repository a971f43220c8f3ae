import { describeStrategy } from '../registry.server';
import type { RegisteredStrategy } from '../registry.server';
import type { PurchaseBody } from '../requests';
import type { StrategyInfo } from '../strategy';
import { Doors } from './doors.server';
import { purchase } from './purchase.server';
import type { PurchaseDeps, Receipt } from './purchase.server';

/** What a purchase needs of a process, and all that a purchase server has. */
export interface Seller {
  readonly strategies: StrategyInfo[];
  strategy: (id: string) => RegisteredStrategy | undefined;
  /** One attempt to buy. Never throws: failures are outcomes. */
  purchase: (strategy: RegisteredStrategy, body: PurchaseBody & { attemptId: string }) => Promise<Receipt>;
  /** Purchases of a sku that this process has not finished, those that nobody waits for any more included. */
  inFlight: (sku: string) => number;
}

/** Sells with these strategies on the clients that are passed in. */
export function createSeller(deps: PurchaseDeps, strategies: Map<string, RegisteredStrategy>): Seller {
  const inFlight = new Map<string, number>();
  const doors = new Doors();
  return {
    strategies: [...strategies.values()].map(describeStrategy),
    strategy: (id) => strategies.get(id),
    purchase: async (strategy, body) => {
      const { sku } = body;
      inFlight.set(sku, (inFlight.get(sku) ?? 0) + 1);
      if (body.crowd) await doors.enter(sku, body.crowd);
      const receipt = await purchase(deps, strategy, body, body);
      void receipt.settled.then(() => {
        const left = (inFlight.get(sku) ?? 1) - 1;
        if (left > 0) return void inFlight.set(sku, left);
        inFlight.delete(sku);
        doors.remove(sku);
      });
      return receipt;
    },
    inFlight: (sku) => inFlight.get(sku) ?? 0,
  };
}
