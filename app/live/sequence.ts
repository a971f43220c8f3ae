/** Where a batch belongs when `next` is the first sequence number not yet held. */
export type Placement =
  /** Continues what is held; the first `skip` attempts are already there. */
  | { kind: 'append'; skip: number }
  /** Everything in it is already there. */
  | { kind: 'duplicate' }
  /** Attempts `from` up to (not including) `to` are missing before it. */
  | { kind: 'hole'; from: number; to: number };

/**
 * Decides what to do with a batch of a lane. A reconnect may replay attempts that already arrived, and a gap may only
 * be closed by fetching it: each attempt is taken exactly once, and never out of order.
 */
export function placeBatch(next: number, batch: { seq: number; count: number }): Placement {
  if (batch.seq > next) return { kind: 'hole', from: next, to: batch.seq };
  if (batch.seq + batch.count <= next) return { kind: 'duplicate' };
  return { kind: 'append', skip: next - batch.seq };
}
