// What the strategies send, as pgbench scripts: straight through, without the application between the statements.
// Strategies that decide in the application what to do next, or that need Redis, have none.

export interface PgbenchScript {
  sql: string;
  /** For scripts that fail each other: how often pgbench tries a transaction, without back-off. */
  maxTries?: number;
  writesOrders: boolean;
}

const ATTEMPT = '\\set attempt random(1, 1000000000000000000)';
const LOCKED_WRITE = `\\set remaining :stock - :quantity
update items set stock = :remaining, version = version + 1 where sku = :sku;`;
const insertOrder = (strategy: string) =>
  `insert into orders (attempt_id, sku, quantity, strategy) values (:attempt, :sku, :quantity, '${strategy}') returning id;`;

const scripts: Record<string, string> = {
  'advisory-xact-lock': `${ATTEMPT}
begin;
select pg_advisory_xact_lock(hashtextextended('stock of ' || :sku, 0));
select stock, version from items where sku = :sku \\gset
${LOCKED_WRITE}
${insertOrder('advisory-xact-lock')}
commit;`,

  'check-constraint': `${ATTEMPT}
begin;
update guarded_stock set stock = stock - :quantity where sku = :sku returning stock;
${insertOrder('check-constraint')}
commit;`,

  'conditional-update': `${ATTEMPT}
with taken as (
  update items set stock = stock - :quantity, version = version + 1
  where sku = :sku and stock >= :quantity
  returning stock, version
), placed as (
  insert into orders (attempt_id, sku, quantity, strategy)
  select :attempt, :sku, :quantity, 'conditional-update' from taken
  returning id
)
select taken.stock as remaining, taken.version, placed.id
from items left join taken on true left join placed on true
where items.sku = :sku;`,

  'hot-row-last': `${ATTEMPT}
begin;
${insertOrder('hot-row-last')}
with taken as (
  update items set stock = stock - :quantity, version = version + 1
  where sku = :sku and stock >= :quantity
  returning stock, version
)
select taken.stock as remaining, taken.version from items left join taken on true
where items.sku = :sku;
commit;`,

  'ledger-serializable': `${ATTEMPT}
\\set delta -:quantity
begin isolation level serializable;
select sum(delta) from ledger_entries where sku = :sku;
insert into ledger_entries (sku, delta, attempt_id) values (:sku, :delta, :attempt) returning id;
${insertOrder('ledger-serializable')}
commit;`,

  'prisma-update-many': `${ATTEMPT}
begin;
update items set stock = stock - :quantity, version = version + 1 where sku = :sku and stock >= :quantity;
select stock, version from items where sku = :sku;
${insertOrder('prisma-update-many')}
commit;`,

  'select-for-update': `${ATTEMPT}
begin;
select stock, version from items where sku = :sku for update \\gset
${LOCKED_WRITE}
${insertOrder('select-for-update')}
commit;`,

  'serializable-retry': `${ATTEMPT}
begin isolation level serializable;
select stock, version from items where sku = :sku \\gset
${LOCKED_WRITE}
${insertOrder('serializable-retry')}
commit;`,

  'sharded-stock': `${ATTEMPT}
\\set bucket random(0, 15)
with taken as (
  update stock_buckets set stock = stock - :quantity
  where sku = :sku and bucket = :bucket and stock >= :quantity
  returning bucket
)
insert into orders (attempt_id, sku, quantity, strategy)
select :attempt, :sku, :quantity, 'sharded-stock' from taken
returning id;`,

  'unit-rows-skip-locked': `${ATTEMPT}
with picked as (
  select id from units
  where sku = :sku and attempt_id is null
  limit :quantity
  for update skip locked
), taken as (
  update units set attempt_id = :attempt
  from picked
  where units.id = picked.id and (select count(*) from picked) = :quantity
  returning units.id
), placed as (
  insert into orders (attempt_id, sku, quantity, strategy)
  select :attempt, :sku, :quantity, 'unit-rows-skip-locked'
  where exists (select from taken)
  returning id
)
select placed.id from items left join placed on true where items.sku = :sku;`,
};

/** As many as the strategies themselves make before they give up. */
const MAX_TRIES = 25;

/** The script of a strategy, where there is one. */
export function scriptOf(strategy: string): PgbenchScript | undefined {
  const sql = scripts[strategy];
  if (sql === undefined) return undefined;
  return { sql, writesOrders: true, ...(sql.includes('serializable') && { maxTries: MAX_TRIES }) };
}

/** What the hot row itself allows, without anything around it. */
export const guardedUpdateAlone: PgbenchScript = {
  sql: 'update items set stock = stock - :quantity, version = version + 1 where sku = :sku and stock >= :quantity;',
  writesOrders: false,
};
