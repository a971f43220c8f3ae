import type { Strategy } from '@/model/strategy';

/*
 * T1  update … set stock = stock - 1 where stock >= 1   -> 0, row locked
 * T2  update … set stock = stock - 1 where stock >= 1   waits for T1's row lock
 * T1  order inserted, committed: all the same statement
 * T2  re-checks its condition on the row as T1 left it  -> no row
 * T2  sold out
 *
 * Protected: check, decrement and order are one atomic statement, so no value is ever stale. PostgreSQL re-evaluates
 * the condition after a lock wait at READ COMMITTED. Not protected: nothing of this row.
 * Cost: one round trip; buyers of one item queue on its row lock for as long as a commit takes.
 */
export default {
  name: 'Conditional update',
  expected: 'safe',
  summary:
    'One guarded statement checks, decrements and records the order; a buyer who comes too late matches no row.',
  anomaly: 'lost update',
  price: 'One round trip; buyers of one item queue on its row lock for as long as a commit takes.',
  usedBy: ['Saleor (ADR-0004)', 'most shops that measured'],
  references: [
    {
      title: 'PostgreSQL: Read Committed Isolation Level',
      url: 'https://www.postgresql.org/docs/18/transaction-iso.html#XACT-READ-COMMITTED',
    },
    {
      title: 'PostgreSQL: WITH queries that change data',
      url: 'https://www.postgresql.org/docs/18/queries-with.html#QUERIES-WITH-MODIFYING',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'guarded update': 'decide' },

  async purchase({ db, step }, { sku, quantity, attemptId }) {
    const rows = await step(
      'guarded update',
      // `items` in the outer query is read at the statement's start: it tells an unknown sku from a sold-out one
      () => db.$queryRaw<{ remaining: number | null; version: number | null; id: bigint | null }[]>`
        with taken as (
          update items set stock = stock - ${quantity}, version = version + 1
          where sku = ${sku} and stock >= ${quantity}
          returning stock, version
        ), placed as (
          insert into orders (attempt_id, sku, quantity, strategy)
          select ${attemptId}, ${sku}, ${quantity}, 'conditional-update' from taken
          returning id
        )
        select taken.stock as remaining, taken.version, placed.id
        from items left join taken on true left join placed on true
        where items.sku = ${sku}`,
    );
    const row = rows[0];
    if (!row) return { outcome: 'unknown-sku' };
    if (row.remaining === null || row.version === null || row.id === null) return { outcome: 'sold-out' };
    // the version overwritten is the one before the version written: both come from the same locked row
    const seen = { stock: row.remaining + quantity, version: row.version - 1 };
    return { outcome: 'accepted', orderId: row.id, remaining: row.remaining, seen };
  },
} satisfies Strategy;
