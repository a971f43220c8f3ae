import { addAccess, EVERYTHING_STORED, NOTHING } from '../search/access-set';
import type { Access, AccessSet } from '../search/access-set';
import { readSql } from './sql-shape';
import type { SqlShape, TableUse } from './sql-shape';

/**
 * The items and attempts of one schedule. An access set names each by its position, so that schedules can be compared.
 */
export interface Names {
  skus: readonly string[];
  attemptIds: readonly string[];
}

/** Tables that strategies keep their stock and orders in (`prisma/schema.prisma`). Nothing happens behind their rows. */
const TABLES = new Set([
  ...['items', 'orders', 'units', 'stock_buckets', 'ledger_entries', 'holds', 'guarded_stock', 'fences'],
  'isolation_rows',
]);
/** Functions of PostgreSQL that read and change nothing stored. */
const PURE =
  /^(abs|age|array_agg|avg|bool_and|bool_or|ceil|clock_timestamp|coalesce|concat|count|date_trunc|exists|extract|floor|gen_random_uuid|generate_series|hashtext|hashtextextended|json_agg|jsonb?_build_\w+|length|lower|lpad|max|md5|min|mod|now|pg_notify|pg_sleep|random|round|row_number|statement_timestamp|string_agg|substring|sum|timezone|to_char|to_timestamp|transaction_timestamp|txid_current|unnest|upper)$/;
const ADVISORY = /^pg_(try_)?advisory/;
const SEQUENCE = /^(nextval|currval|lastval|setval)$/;

/**
 * What one statement touches: tables, narrowed to one item when the values name exactly one of the schedule's. A locking
 * clause counts as a write of everything read, an advisory lock writes all advisory locks, and a statement that is not
 * known writes everything. The caller adds what the end of its transaction touches.
 */
export function accessOfSql(
  { kind, tables, functions }: SqlShape,
  values: readonly unknown[],
  { skus }: Names,
): AccessSet {
  if (kind === 'other') return EVERYTHING_STORED;
  const named = [...skus.keys()].filter((i) => values.some((value) => names(value, skus[i])));
  const item = named.length === 1 ? String(named[0]) : '*';
  const touched = new Map<string, Access>();
  for (const name of functions) {
    if (ADVISORY.test(name)) addAccess(touched, 'advisory:*', 'write');
    // its result shows how often it was called before
    else if (SEQUENCE.test(name)) addAccess(touched, 'sequences:*', 'write');
    else if (!PURE.test(name)) return EVERYTHING_STORED;
  }
  for (const { schema, name, use } of tables) {
    if (!isKnown({ schema, name })) return EVERYTHING_STORED;
    // a row that is added is written too: its number shows how many came before it
    addAccess(touched, `${name}:${item}`, use === 'read' ? 'read' : 'write');
  }
  return touched.size === 0 ? NOTHING : touched;
}

function isKnown({ schema = 'public', name }: Pick<TableUse, 'schema' | 'name'>): boolean {
  return schema === 'public' && TABLES.has(name);
}

/**
 * Whether a statement changes, or may change, anything but orders: others can see its commit, which is then a move of
 * its own.
 */
export function changesMoreThanOrders(text: string): boolean {
  return readSql(text).some(({ kind, tables, functions }) => {
    if (kind !== 'statement') return false;
    const changes = tables.some(({ name, use }) => use !== 'read' && use !== 'lock' && name !== 'orders');
    return changes || functions.some((name) => ![PURE, ADVISORY, SEQUENCE].some((known) => known.test(name)));
  });
}

const REDIS_READS = new Set(['get', 'exists', 'ttl', 'pttl', 'xrange', 'hget', 'hmget', 'watch', 'strlen']);
const REDIS_LOCAL = new Set(['ping', 'unwatch']);

/** What one Redis command touches: every key that names an item, or all of Redis when none does. */
export function accessOfCommand(command: string, args: readonly string[], names: Names): AccessSet {
  const name = command.toLowerCase();
  if (REDIS_LOCAL.has(name)) return NOTHING;
  const keys = args.flatMap((arg) => nameKey(arg, names) ?? []);
  const access = REDIS_READS.has(name) ? 'read' : 'write';
  return touchKeys(keys.length === 0 ? ['*'] : keys, access);
}

/** Keys of Redis, each by the name that `nameKey` gives it. */
export function touchKeys(keys: readonly string[], access: Access): AccessSet {
  return new Map(keys.map((key) => [`redis:${key}`, access]));
}

/** A key with items and attempts replaced by their position; undefined when it names no item. */
export function nameKey(key: string, { skus, attemptIds }: Names): string | undefined {
  const place = skus.findIndex((sku) => key.includes(`{${sku}}`));
  if (place === -1) return undefined;
  const named = attemptIds.reduce((name, id, i) => name.replaceAll(id, letterAt(i)), key);
  return named.replaceAll(skus[place] ?? '', String(place));
}

function letterAt(i: number): string {
  return `T${i + 1}`;
}

function names(value: unknown, sku = ''): boolean {
  return typeof value === 'string' && value.includes(sku);
}
