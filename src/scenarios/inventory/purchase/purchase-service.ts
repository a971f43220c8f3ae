import type { StrategyInfo } from '@/model/strategy';
import type { PurchaseBody } from '@/plan/input-schemas';
import { describeStrategy } from '../../registry';
import type { RegisteredStrategy } from '../../registry';
import { Doors } from './doors';
import { purchase } from './purchase';
import type { PurchaseDeps, PurchaseResult } from './purchase';

/** Serves purchases; the whole of what a purchase server has. */
export interface PurchaseService {
  readonly strategies: StrategyInfo[];
  strategy: (id: string) => RegisteredStrategy | undefined;
  /** One attempt to buy. Never throws: failures are outcomes. */
  purchase: (
    strategy: RegisteredStrategy,
    body: PurchaseBody & { attemptId: string },
  ) => Promise<PurchaseResult>;
  /** Purchases of a sku that this process has not finished, including those whose clients no longer wait. */
  underWay: (sku: string) => UnderWay;
  /** Whether this is the load key of the server that this process belongs to (see lab-item.ts). */
  isOwnLoad: (key: string | null) => boolean;
}

/** Purchases that are not finished. */
export interface UnderWay {
  left: number;
  /** Steps that these and earlier purchases have finished: while it rises, they progress. */
  moved: number;
}

/** Sells with these strategies on the given clients. Without a load key it recognises no load as its own. */
export function createPurchaseService(
  deps: PurchaseDeps,
  strategies: Map<string, RegisteredStrategy>,
  loadKey?: string,
): PurchaseService {
  const underWay = new Map<string, UnderWay>();
  const doors = new Doors();
  return {
    strategies: [...strategies.values()].map(describeStrategy),
    strategy: (id) => strategies.get(id),
    purchase: async (strategy, body) => {
      const { sku, thinkMs } = body;
      const ofSku = underWay.get(sku) ?? { left: 0, moved: 0 };
      underWay.set(sku, ofSku);
      ofSku.left += 1;
      if (body.crowd) await doors.enter(sku, body.crowd);
      const receipt = await purchase(deps, strategy, body, { thinkMs, left: () => void (ofSku.moved += 1) });
      void receipt.settled.then(() => {
        ofSku.left -= 1;
        if (ofSku.left > 0) return;
        underWay.delete(sku);
        doors.remove(sku);
      });
      return receipt;
    },
    underWay: (sku) => ({ ...(underWay.get(sku) ?? { left: 0, moved: 0 }) }),
    isOwnLoad: (key) => loadKey !== undefined && key === loadKey,
  };
}

/** The totals of several processes. */
export function sumUnderWay(processes: readonly UnderWay[]): UnderWay {
  return {
    left: processes.reduce((sum, { left }) => sum + left, 0),
    moved: processes.reduce((sum, { moved }) => sum + moved, 0),
  };
}
