import type { OrderColumns } from './order-columns';
import { countOf, formatNumber } from './wording';

export type { OrderRow } from './order-columns';

/** The rows that decide the verdict, read in one snapshot after the last attempt. */
export interface FinalState {
  initialStock: number;
  /** The item's row. */
  finalStock: number;
  /** Units that were added while the lane ran. Default 0. */
  restocked?: number;
  /** Every order of the item's sku. */
  orders: OrderColumns;
  /** For strategies with a counter of their own (Redis gate): units it says are left; null when it lost them. */
  counter?: { store: string; remaining: number | null };
  /**
   * Whether the strategy takes units in a store that no transaction rolls back. An attempt that failed may then have
   * taken units and given them back later: a restock in all but name.
   */
  givesBack?: boolean;
  /**
   * Purchases that the server had not finished when these rows were read. Absent or 0: everything had drained, so
   * that an attempt without an order certainly sold nothing.
   */
  stillRunning?: number;
  /**
   * Connections of the pool under test. A step's time begins before it has its connection, so windows of statements
   * that queue for a single connection seem to overlap. Absent for stores that need no connection.
   */
  connections?: number;
}

/** S of audit.md: every unit that could ever be sold. */
export function unitsInStock({ initialStock, restocked = 0 }: FinalState): number {
  return initialStock + restocked;
}

/** S in words: "3", with a noun "3 units"; where units were added, also what it consists of. */
export function describeStock(final: FinalState, noun?: string): string {
  const units = unitsInStock(final);
  const said = noun === undefined ? formatNumber(units) : countOf(units, noun);
  const { initialStock, restocked = 0 } = final;
  if (restocked === 0) return said;
  return `${said} (${formatNumber(initialStock)} at the start, ${formatNumber(restocked)} added while the lane ran)`;
}
