/** The rows that decide, read in one snapshot after the last attempt. */
export interface FinalState {
  initialStock: number;
  /** The item's row. */
  finalStock: number;
  /** Every order of the item's sku. */
  orders: OrderRow[];
  /** For strategies with a counter of their own (Redis gate): units it says are left; null when it lost them. */
  counter?: { store: string; remaining: number | null };
  /**
   * Purchases that the server had not finished when these rows were read. Absent or 0: everything had drained, so
   * that an attempt without an order certainly sold nothing.
   */
  stillRunning?: number;
  /**
   * Connections of the pool under test. A step's time begins before it has its connection, so windows of statements
   * that queue for a single one seem to overlap. Absent for stores that do not need one.
   */
  connections?: number;
}

export interface OrderRow {
  orderId: string;
  attemptId: string;
  quantity: number;
}
