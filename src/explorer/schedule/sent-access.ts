import { addAccess, EVERYTHING_STORED, NOTHING } from '../search/access-set';
import type { Access, AccessSet } from '../search/access-set';

/**
 * The items and attempts of one schedule. An access set names each by its position, so that schedules can be compared.
 */
export interface Names {
  skus: readonly string[];
  attemptIds: readonly string[];
  /** Whether a statement of the strategy reads orders, and so may tell by their ids which of two came first. */
  readsOrders?: boolean;
}

const TABLES = /\b(from|join|update|into)\s+(?:only\s+)?(?:"public"\.|public\.)?"?([a-z_][a-z0-9_]*)"?/gi;
/** The one table whose inserts cannot conflict: its only unique column is a number from a sequence. */
const APPENDED = 'orders';
/** Everything that a FROM or USING lists, up to the next clause. */
const LISTS =
  /\b(?:from|using)\b(.*?)(?=\b(?:using|where|group|order|having|limit|offset|fetch|union|intersect|except|returning|set|for|window|select|values|when)\b|;|$)/gis;
const INNERMOST = /\(([^()]*)\)/;
const FIRST_TABLE = /^\s*(?:only\s+)?(?:"public"\.|public\.)?"?([a-z_][a-z0-9_]*)"?/i;
const ENDS = /^\s*(?:begin|commit|rollback|savepoint|release|set|start)\b/i;
/** Not tables, though they follow `from` or `update`. */
const NO_TABLES = new Set(['set', 'select', 'lateral', 'unnest', 'generate_series', 'skip', 'nowait', 'of']);

/**
 * What one statement touches, read from its text: tables, narrowed to one item when the statement names exactly one of
 * the schedule's. A locking clause counts as a write of everything read, an advisory lock as a write of its own.
 */
export function accessOfSql(
  text: string,
  values: readonly unknown[],
  { skus, readsOrders = false }: Names,
): AccessSet {
  if (ENDS.test(text)) return NOTHING;
  const named = [...skus.keys()].filter((i) => values.some((value) => names(value, skus[i])));
  const item = named.length === 1 ? String(named[0]) : '*';
  const locks = /\bfor\s+(?:no\s+key\s+)?(?:update|share|key\s+share)\b/i.test(text);
  const accessSet = new Map<string, Access>();
  for (const [, verb = '', name = ''] of text.matchAll(TABLES)) {
    const table = name.toLowerCase();
    if (NO_TABLES.has(table)) continue;
    const way = verb.toLowerCase();
    const deletes = new RegExp(`delete\\s+from\\s+(?:only\\s+)?(?:"?public"?\\.)?"?${table}\\b`, 'i').test(
      text,
    );
    const adds = way === 'into' && table === APPENDED && !readsOrders;
    const writes = way === 'update' || deletes || (way === 'into' ? !adds : locks);
    addAccess(accessSet, `${table}:${item}`, writes ? 'write' : adds ? 'append' : 'read');
  }
  for (const table of listedTables(text)) addAccess(accessSet, `${table}:${item}`, locks ? 'write' : 'read');
  if (/pg_\w*advisory/i.test(text)) addAccess(accessSet, 'advisory:*', 'write');
  return accessSet.size === 0 ? EVERYTHING_STORED : accessSet;
}

/** Whether a statement reads orders, rather than only adding some. */
export function doesReadOrders(text: string, accessSet: AccessSet): boolean {
  if (accessSet === EVERYTHING_STORED) return new RegExp(`\\b${APPENDED}\\b`, 'i').test(text);
  for (const [resource, access] of accessSet)
    if (resource.startsWith(`${APPENDED}:`) && access !== 'append') return true;
  return false;
}

/**
 * Tables that are listed with commas, or joined in parentheses. A name that is no table is harmless: no statement
 * writes it.
 */
function* listedTables(text: string): Generator<string> {
  for (const part of splitParentheses(text)) {
    const lists = [...part.matchAll(LISTS)].flatMap(([, list = '']) => list.split(','));
    if (lists.length === 0 && /\bjoin\b/i.test(part)) lists.push(part);
    for (const one of lists) {
      const table = FIRST_TABLE.exec(one)?.[1]?.toLowerCase();
      if (table !== undefined && !NO_TABLES.has(table)) yield table;
    }
  }
}

/** The text between parentheses, innermost first, and last the text outside them all. */
function splitParentheses(text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  for (let inner = INNERMOST.exec(rest); inner; inner = INNERMOST.exec(rest)) {
    parts.push(inner[1] ?? '');
    rest = `${rest.slice(0, inner.index)} ${rest.slice(inner.index + inner[0].length)}`;
  }
  return [...parts, rest];
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
