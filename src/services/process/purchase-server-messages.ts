import type { EventLoopLoad } from '@/model/bottleneck';
import type { UnderWay } from '@/scenarios/inventory/purchase/purchase-service';

/** The settings of a purchase server. They arrive over the channel, so that no process list shows a password. */
export interface PurchaseServerSettings {
  databaseUrl: string;
  redisUrl: string;
  /** Connections of its pool under test. */
  poolSize: number;
  /** The name of those connections in pg_stat_activity. */
  applicationName: string;
  /** The key by which it recognises the purchases of the load generator. */
  loadKey: string;
}

export type ToPurchaseServer =
  | { type: 'open'; settings: PurchaseServerSettings }
  /** How many purchases of this sku are unfinished? */
  | { type: 'count'; ask: number; sku: string }
  | { type: 'begin-measuring'; measurement: number }
  | { type: 'end-measuring'; ask: number; measurement: number }
  | { type: 'close' };

export type FromPurchaseServer =
  | { type: 'ready'; origin: string }
  | { type: 'failed'; message: string }
  | { type: 'count'; ask: number; underWay: UnderWay }
  | { type: 'event-loop'; ask: number; eventLoop: EventLoopLoad };
