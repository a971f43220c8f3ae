import type { Strategy } from '@/model/strategy';

/*
 * T1  picks a free unit, skipping locked ones   -> unit 1, locked
 * T2  picks a free unit, skipping locked ones   -> unit 2, without waiting for T1
 * T3  picks a free unit, skipping locked ones   -> none: sold out
 * T1  marks unit 1 as its own; order inserted, committed: all the same statement
 *
 * Protected: a unit is a row, and a row lock has one holder; after the lock the row is checked again as it is now.
 * Not protected: "sold out" is an early answer. A unit locked by a buyer who then rolls back was skipped, and two
 * buyers of several units may each skip what the other holds, so that neither has enough: nothing is sold twice, but
 * a unit may stay unsold.
 * Cost: a row for each unit, and dead rows at the head of the index until vacuum.
 */
export default {
  name: 'Unit rows, skip locked',
  expected: 'safe',
  summary:
    'Each unit is a row; a buyer locks and marks as many as it wants and skips those that others have locked.',
  anomaly: 'lost update',
  price: 'A row for each unit; buyers do not wait, but may be told sold out while a holder rolls back.',
  usedBy: ['Shopify since 2026', 'job queues on PostgreSQL'],
  references: [
    {
      title: 'PostgreSQL: SELECT, the locking clause (SKIP LOCKED)',
      url: 'https://www.postgresql.org/docs/18/sql-select.html#SQL-FOR-UPDATE-SHARE',
    },
  ],
  idempotent: false,
  stores: ['postgres'],
  steps: { 'pick and mark units': 'decide' },

  storage: {
    store: 'unit rows',
    truth: 'own',
    async prepare({ db }, { sku, stock }) {
      await db.$transaction([
        db.unit.deleteMany({ where: { sku } }),
        db.$executeRaw`insert into units (sku) select ${sku} from generate_series(1, ${stock}::int)`,
      ]);
    },
    async remaining({ db }, sku) {
      // no rows at all are right for an item without stock, whose own row is never touched here; else they are gone
      const [row] = await db.$queryRaw<{ units: number; free: number; stock: number }[]>`
        select count(u.id)::int as units, count(u.id) filter (where u.attempt_id is null)::int as free, i.stock
        from items i left join units u on u.sku = i.sku
        where i.sku = ${sku}
        group by i.sku`;
      return !row || (row.units === 0 && row.stock > 0) ? null : row.free;
    },
    async clear({ db }, sku) {
      await db.unit.deleteMany({ where: { sku } });
    },
  },

  async purchase({ db, step }, { sku, quantity, attemptId }) {
    const rows = await step(
      'pick and mark units',
      // fewer than wanted are not marked: the locks on them end with the statement
      () => db.$queryRaw<{ id: bigint | null }[]>`
        with picked as (
          select id from units
          where sku = ${sku} and attempt_id is null
          limit ${quantity}
          for update skip locked
        ), taken as (
          update units set attempt_id = ${attemptId}
          from picked
          where units.id = picked.id and (select count(*) from picked) = ${quantity}
          returning units.id
        ), placed as (
          insert into orders (attempt_id, sku, quantity, strategy)
          select ${attemptId}, ${sku}, ${quantity}, 'unit-rows-skip-locked'
          where exists (select from taken)
          returning id
        )
        select placed.id from items left join placed on true where items.sku = ${sku}`,
    );
    const row = rows[0];
    if (!row) return { outcome: 'unknown-sku' };
    if (row.id === null) return { outcome: 'sold-out' };
    return { outcome: 'accepted', orderId: row.id, remaining: null };
  },
} satisfies Strategy;
