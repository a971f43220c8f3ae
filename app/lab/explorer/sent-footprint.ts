import { addAccess, EVERYTHING_STORED, NOTHING } from './footprint';
import type { Access, Footprint } from './footprint';

/** What is bought and by whom in one schedule. In a footprint each has its place, so that schedules can be compared. */
export interface Names {
  skus: readonly string[];
  attemptIds: readonly string[];
}

const TABLES = /\b(from|join|update|into)\s+(?:only\s+)?(?:"public"\.|public\.)?"?([a-z_][a-z0-9_]*)"?/gi;
/** The one table whose rows cannot get into each other's way: nothing in it is unique but a number from a sequence. */
const APPENDED = 'orders';
const ENDS = /^\s*(?:begin|commit|rollback|savepoint|release|set|start)\b/i;
/** Not tables, though they follow `from` or `update`. */
const NO_TABLES = new Set(['set', 'select', 'lateral', 'unnest', 'generate_series', 'skip', 'nowait', 'of']);

/**
 * What one statement touches, read off its text: tables, narrowed to one item when the statement names exactly one of
 * the schedule's. A locking clause counts as a write of all that is read, an advisory lock as a write of its own.
 */
export function footprintOfSql(text: string, values: readonly unknown[], { skus }: Names): Footprint {
  if (ENDS.test(text)) return NOTHING;
  const named = [...skus.keys()].filter((i) => values.some((value) => names(value, skus[i])));
  const item = named.length === 1 ? String(named[0]) : '*';
  const locks = /\bfor\s+(?:no\s+key\s+)?(?:update|share|key\s+share)\b/i.test(text);
  const footprint = new Map<string, Access>();
  for (const [, verb = '', name = ''] of text.matchAll(TABLES)) {
    const table = name.toLowerCase();
    if (NO_TABLES.has(table)) continue;
    const way = verb.toLowerCase();
    const deletes = new RegExp(`delete\\s+from\\s+(?:only\\s+)?(?:"?public"?\\.)?"?${table}\\b`, 'i').test(
      text,
    );
    const adds = way === 'into' && table === APPENDED;
    const writes = way === 'update' || deletes || (way === 'into' ? !adds : locks);
    addAccess(footprint, `${table}:${item}`, writes ? 'write' : adds ? 'append' : 'read');
  }
  if (/pg_\w*advisory/i.test(text)) addAccess(footprint, 'advisory:*', 'write');
  return footprint.size === 0 ? EVERYTHING_STORED : footprint;
}

const REDIS_READS = new Set(['get', 'exists', 'ttl', 'pttl', 'xrange', 'hget', 'hmget', 'watch', 'strlen']);
const REDIS_LOCAL = new Set(['ping', 'unwatch']);

/** What one Redis command touches: every key that names an item, or all of Redis when none does. */
export function footprintOfCommand(command: string, args: readonly string[], names: Names): Footprint {
  const name = command.toLowerCase();
  if (REDIS_LOCAL.has(name)) return NOTHING;
  const keys = args.flatMap((arg) => nameKey(arg, names) ?? []);
  const access = REDIS_READS.has(name) ? 'read' : 'write';
  return touchKeys(keys.length === 0 ? ['*'] : keys, access);
}

/** Keys of Redis, each by the name that `nameKey` gives it. */
export function touchKeys(keys: readonly string[], access: Access): Footprint {
  return new Map(keys.map((key) => [`redis:${key}`, access]));
}

/** A key with items and attempts by their place; undefined when it names no item. */
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
