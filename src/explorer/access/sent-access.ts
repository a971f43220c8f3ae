import { addAccess, EVERYTHING_STORED, NOTHING } from '../search/access-set';
import type { Access, AccessSet } from '../search/access-set';
import { OF_KEYS, OF_ONE_KEY, ownKeysOfScript, scriptByHash } from './script-keys';
import { readSql } from './sql-shape';
import type { SqlShape, TableUse } from './sql-shape';
import type { Operand } from './sql-tree';

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
  /^(abs|age|array_agg|avg|bool_and|bool_or|ceil|coalesce|concat|count|date_trunc|exists|extract|floor|gen_random_uuid|generate_series|hashtext|hashtextextended|json_agg|jsonb?_build_\w+|length|lower|lpad|max|md5|min|mod|pg_notify|pg_sleep|random|round|row_number|string_agg|substring|sum|timezone|to_char|to_timestamp|unnest|upper)$/;
export const ADVISORY = /^pg_(try_)?advisory/;
/** The server's clock, which most of these read at the start of the transaction. */
const CLOCK = /^(clock_timestamp|now|statement_timestamp|timeofday|transaction_timestamp)$/;
export const SEQUENCE = /^(nextval|currval|lastval|setval)$/;

/**
 * What one statement touches: tables, each narrowed to one item where its own condition, or the row that is added, fixes
 * the sku to one of the schedule's. A locking clause counts as a write of everything read, an advisory lock writes all
 * advisory locks, and a statement that is not known writes everything. The caller adds what the end of its transaction
 * touches.
 */
export function accessOfSql(
  { kind, tables, functions }: SqlShape,
  values: readonly unknown[],
  { skus }: Names,
): AccessSet {
  if (kind === 'other') return EVERYTHING_STORED;
  const touched = new Map<string, Access>();
  for (const name of functions) {
    if (ADVISORY.test(name)) addAccess(touched, 'advisory:*', 'write');
    // its result shows how often it was called before
    else if (SEQUENCE.test(name)) addAccess(touched, 'sequences:*', 'write');
    else if (CLOCK.test(name)) addAccess(touched, 'times:*', 'write');
    else if (!PURE.test(name)) return EVERYTHING_STORED;
  }
  for (const use of tables) {
    if (!isKnown(use)) return EVERYTHING_STORED;
    // a row that is added is written too: its number shows how many came before it
    addAccess(touched, `${use.name}:${itemOf(use, values, skus)}`, use.use === 'read' ? 'read' : 'write');
  }
  return touched.size === 0 ? NOTHING : touched;
}

/** The one item of the schedule whose rows it touches; `*` where it may touch those of others. */
function itemOf(
  { use, equals, sets = [] }: TableUse,
  values: readonly unknown[],
  skus: readonly string[],
): string {
  // a row that gets another item, or an id that another row may have, meets rows of that item too
  if (sets.includes('id') || (use !== 'insert' && sets.includes('sku'))) return '*';
  const place = skus.indexOf(String(valueOf(equals.get('sku'), values)));
  return place === -1 ? '*' : String(place);
}

/** The value that a statement gives a column, or compares it to; undefined where it does not say. */
export function valueOf(operand: Operand | undefined, values: readonly unknown[]): unknown {
  if (!operand) return undefined;
  return 'constant' in operand ? operand.constant : values[operand.parameter - 1];
}

/** Whether a statement reads the server's clock. */
export function readsClock({ functions }: SqlShape): boolean {
  return functions.some((name) => CLOCK.test(name));
}

/** Whether it is a table that strategies keep their stock and orders in. */
export function isKnown({ schema = 'public', name }: Pick<TableUse, 'schema' | 'name'>): boolean {
  return schema === 'public' && TABLES.has(name);
}

/** Whether a function of PostgreSQL changes nothing, and reads nothing that is stored. */
export function isKnownFunction(name: string): boolean {
  return PURE.test(name) || CLOCK.test(name);
}

/**
 * Whether the commit of a statement outside a transaction is a move of its own. Between the two, other attempts wait for
 * the rows that the statement has changed, or do not see them yet. A statement that only adds orders needs no such move:
 * no attempt waits for a new row, and the statement does not decide by what it reads.
 */
export function commitsApart(text: string): boolean {
  return readSql(text).some(({ kind, tables, functions, readsMore }) => {
    if (kind !== 'statement') return false;
    const changes = tables.some((one) => one.use !== 'read' && one.use !== 'lock' && !addsOrders(one));
    return (
      changes ||
      readsMore ||
      functions.some((name) => !isKnownFunction(name) && !ADVISORY.test(name) && !SEQUENCE.test(name))
    );
  });
}

/**
 * Whether a statement leaves something to the commit of its transaction: a change that others do not see before, or a
 * lock that they wait for.
 */
export function holdsUntilCommit(text: string): boolean {
  return readSql(text).some(
    ({ kind, tables, functions }) =>
      kind === 'statement' &&
      (tables.some(({ use }) => use !== 'read') || functions.some((name) => !isKnownFunction(name))),
  );
}

export function begins(text: string): boolean {
  return readSql(text).some(({ kind }) => kind === 'begin');
}

/** Whether a statement commits its transaction. */
export function commits(text: string): boolean {
  return readSql(text).some(({ kind }) => kind === 'commit');
}

function addsOrders({ schema = 'public', name, use }: TableUse): boolean {
  return schema === 'public' && name === 'orders' && use === 'insert';
}

export const REDIS_READS = new Set([
  'get',
  'exists',
  'ttl',
  'pttl',
  'xrange',
  'hget',
  'hmget',
  'watch',
  'strlen',
]);
export const REDIS_LOCAL = new Set(['ping', 'unwatch', 'scriptload', 'scriptexists']);

/** What one Redis command touches: its keys by their names, or all of Redis where one of them names no item. */
export function accessOfCommand(
  { command, keys }: { command: string; keys: readonly string[] | null },
  names: Names,
): AccessSet {
  const name = command.toLowerCase();
  if (REDIS_LOCAL.has(name)) return NOTHING;
  const named = (keys ?? ['']).map((key) => nameKey(key, names) ?? '*');
  const access = REDIS_READS.has(name) ? 'read' : 'write';
  return touchKeys(named.length === 0 ? ['*'] : named, access);
}

const SCRIPTS = /^eval(sha)?(ro)?$/i;

/**
 * The keys of a command, as its arguments show them; null: any. The keys of a script are those that it declares, and
 * those that its text writes out.
 */
export function keysOf(command: string, args: readonly unknown[]): string[] | null {
  if (OF_ONE_KEY.test(command)) return asKeys(args.slice(0, 1));
  if (OF_KEYS.test(command)) return asKeys(args.flat());
  if (!SCRIPTS.test(command)) return null;
  const script = /sha/i.test(command) ? scriptByHash(String(args[0])) : String(args[0]);
  const own = script === undefined ? null : ownKeysOfScript(script);
  const declared = declaredKeys(args);
  return own && declared && [...declared, ...own];
}

/** The keys that the call of a script declares; null where it declares none. */
export function declaredKeys(args: readonly unknown[]): string[] | null {
  const { keys } = (args[1] ?? {}) as { keys?: unknown };
  return Array.isArray(keys) ? asKeys(keys) : null;
}

function asKeys(args: readonly unknown[]): string[] | null {
  return args.every((arg) => typeof arg === 'string') ? [...args] : null;
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
