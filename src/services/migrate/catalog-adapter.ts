import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import type pg from 'pg';

const CHAR_OID = 18;
const TEXT_OID = 25;

/**
 * An adapter through which the schema engine can describe a database. PostgreSQL's catalogue has columns of the
 * one-byte type "char"; the stock adapter refuses them, and the engine panics when it gets them as text.
 *
 * So the pool relabels them as text, which the adapter takes, and the result says "character" again. Rows tie
 * the two ends together: the adapter hands on the very array that the driver returned.
 */
export function createCatalogAdapter(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const charColumns = new WeakMap<object, number[]>();
  relabelCharColumns(pool, charColumns);
  const factory = new PrismaPg(pool);
  const connect = async (): Promise<SqlDriverAdapter> =>
    restoreCharColumns(await factory.connect(), charColumns);
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect,
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

function relabelCharColumns(pool: pg.Pool, charColumns: WeakMap<object, number[]>): void {
  // A script of several statements has several results, and the engine reads none of them.
  const query = pool.query.bind(pool) as (
    config: pg.QueryConfig,
  ) => Promise<pg.QueryResult | pg.QueryResult[]>;
  const relabelling = async (config: pg.QueryConfig): Promise<pg.QueryResult | pg.QueryResult[]> => {
    const result = await query(config);
    if (Array.isArray(result)) return result;
    const indexes: number[] = [];
    for (const [index, field] of result.fields.entries()) {
      if (field.dataTypeID !== CHAR_OID) continue;
      field.dataTypeID = TEXT_OID;
      indexes.push(index);
    }
    if (indexes.length > 0) charColumns.set(result.rows, indexes);
    return result;
  };
  Object.assign(pool, { query: relabelling });
}

function restoreCharColumns(
  adapter: SqlDriverAdapter,
  charColumns: WeakMap<object, number[]>,
): SqlDriverAdapter {
  const queryRaw = adapter.queryRaw.bind(adapter);
  const restoring = async (query: SqlQuery): Promise<SqlResultSet> => {
    const result = await queryRaw(query);
    for (const index of charColumns.get(result.rows) ?? [])
      result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  return Object.assign(adapter, { queryRaw: restoring });
}
