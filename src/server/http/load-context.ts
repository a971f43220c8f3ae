import type { Lab } from '@/lab/lab';
import type { PurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import type { Health } from '@/services/health';
import type { CheckStore } from '@/store/check-store';

/** What `server.ts` creates once for all loaders and actions. */
export interface ServerContext {
  lab: Lab;
  /** Sells in this process: all that the purchase routes use. */
  purchaseService: PurchaseService;
  /** Results of `oversell check`, which any process of this machine may add to. */
  checks: Pick<CheckStore, 'list' | 'get' | 'remove'>;
  checkHealth: () => Promise<Health>;
  /** Writes an unexpected error to the log. */
  reportError: (error: unknown) => void;
  /** The product's version. */
  version: string;
}

declare module '@remix-run/node' {
  interface AppLoadContext extends ServerContext {
    /** Nonce of this response's inline scripts. */
    cspNonce: string;
    /** The body of this response, produced as fast as it is read; aborts the connection when `pieces` throws. */
    stream: (pieces: AsyncIterable<Uint8Array>) => ReadableStream<Uint8Array>;
  }
}
