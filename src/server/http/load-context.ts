import type { Lab } from '@/lab/lab';
import type { PurchaseService } from '@/scenarios/inventory/purchase/purchase-service';
import type { Health } from '@/services/health';

/** What `server.ts` makes once and every loader and action may use. */
export interface ServerContext {
  lab: Lab;
  /** What sells in this process: all that the purchase routes use. */
  purchaseService: PurchaseService;
  checkHealth: () => Promise<Health>;
  /** Writes an error that nobody expected to the log. */
  reportError: (error: unknown) => void;
  /** The product's version. */
  version: string;
}

declare module '@remix-run/node' {
  interface AppLoadContext extends ServerContext {
    /** Nonce of this response's inline scripts. */
    cspNonce: string;
    /** The body of this response, made as fast as it is read; aborts the connection where the making fails. */
    stream: (pieces: AsyncIterable<Uint8Array>) => ReadableStream<Uint8Array>;
  }
}
