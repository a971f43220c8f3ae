// Strategies with their SQL sent by node-postgres: what is left of the difference is Prisma.
import pg from 'pg';
import type { StrategyResult, PurchaseContext, PurchaseRequest } from '@/model/strategy';
import type { RegisteredStrategy } from '@/scenarios/registry';

/** The same connections as `createPrisma` opens, time-outs included. */
export function createPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    application_name: 'bench, node-postgres',
    connectionTimeoutMillis: 5_000,
    statement_timeout: 8_000,
    lock_timeout: 6_000,
  });
  // a connection that breaks while idle; the next query says so again
  pool.on('error', () => undefined);
  return pool;
}

type Purchase = (context: PurchaseContext, request: PurchaseRequest) => Promise<StrategyResult>;

const GUARDED_UPDATE = `
  with taken as (
    update items set stock = stock - $1, version = version + 1
    where sku = $2 and stock >= $3
    returning stock, version
  ), placed as (
    insert into orders (attempt_id, sku, quantity, strategy)
    select $4, $5, $6, 'conditional-update' from taken
    returning id
  )
  select taken.stock as remaining, taken.version, placed.id
  from items left join taken on true left join placed on true
  where items.sku = $7`;

function guardedUpdate(pool: pg.Pool): Purchase {
  return async ({ step }, { sku, quantity, attemptId }) => {
    const values = [quantity, sku, quantity, attemptId, sku, quantity, sku];
    const { rows } = await step('guarded update', () =>
      pool.query<{ remaining: number | null; id: string | null }>({
        name: 'guarded-update',
        text: GUARDED_UPDATE,
        values,
      }),
    );
    const [row] = rows;
    if (!row) return { outcome: 'unknown-sku' };
    if (row.remaining === null || row.id === null) return { outcome: 'sold-out' };
    return { outcome: 'accepted', orderId: row.id, remaining: row.remaining };
  };
}

const LOCK_ROW = 'select stock, version from items where sku = $1 for update';
const WRITE_STOCK = 'update items set stock = $1, version = version + 1 where sku = $2';
const INSERT_ORDER = `
  insert into orders (attempt_id, sku, quantity, strategy) values ($1, $2, $3, 'select-for-update') returning id`;

function selectForUpdate(pool: pg.Pool): Purchase {
  return ({ step }, { sku, quantity, attemptId }) =>
    inTransaction(pool, step, async (client): Promise<StrategyResult> => {
      const locked = await step('lock row', () =>
        client.query<{ stock: number }>({ name: 'lock-row', text: LOCK_ROW, values: [sku] }),
      );
      const [seen] = locked.rows;
      if (!seen) return { outcome: 'unknown-sku' };
      if (seen.stock < quantity) return { outcome: 'sold-out' };
      const remaining = seen.stock - quantity;
      await step('write stock', () =>
        client.query({ name: 'write-stock', text: WRITE_STOCK, values: [remaining, sku] }),
      );
      const values = [attemptId, sku, quantity];
      const { rows } = await step('insert order', () =>
        client.query<{ id: string }>({ name: 'insert-order', text: INSERT_ORDER, values }),
      );
      return { outcome: 'accepted', orderId: rows[0]?.id ?? '', remaining };
    });
}

async function inTransaction<T>(
  pool: pg.Pool,
  step: PurchaseContext['step'],
  body: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await step('begin', async () => {
    const lent = await pool.connect();
    await lent.query('begin');
    return lent;
  });
  try {
    const result = await body(client);
    await step('commit', () => client.query('commit'));
    client.release();
    return result;
  } catch (error) {
    // the connection goes, and its transaction with it
    client.release(true);
    throw error;
  }
}

const peers: Record<string, (pool: pg.Pool) => Purchase> = {
  'conditional-update': guardedUpdate,
  'select-for-update': selectForUpdate,
};

/** The strategy with its queries sent by node-postgres; `undefined` where there is no such peer. */
export function throughNodePostgres(
  strategy: RegisteredStrategy,
  pool: pg.Pool,
): RegisteredStrategy | undefined {
  const peer = peers[strategy.id];
  return peer && { ...strategy, purchase: peer(pool) };
}
