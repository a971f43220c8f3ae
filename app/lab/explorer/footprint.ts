import type { StepKind } from '../step-kind';

/** How something is touched. Two appends do not affect each other unless somebody reads: they add rows of their own. */
export type Access = 'read' | 'append' | 'write';

/** What a move touches: resources such as `items:sku` or `redis:key`; `*` is everything. */
export type Footprint = ReadonlyMap<string, Access>;

export const NOTHING: Footprint = new Map();
export const EVERYTHING: Footprint = new Map([['*', 'write']]);

/** Kinds of steps that touch nothing that another attempt could see: they wait, or open a transaction (its snapshot is taken later). */
const LOCAL = new Set<StepKind>(['think', 'retry', 'begin']);

export function isLocal(kind: StepKind): boolean {
  return LOCAL.has(kind);
}

export function addAccess(to: Map<string, Access>, resource: string, access: Access): void {
  const known = to.get(resource);
  // what adds rows by what it reads of the same table is affected by others that add
  to.set(resource, known === undefined || known === access ? access : 'write');
}

export function unite(...footprints: Footprint[]): Footprint {
  const all = new Map<string, Access>();
  for (const footprint of footprints)
    for (const [resource, access] of footprint) addAccess(all, resource, access);
  return all;
}

/** Whether the order of two moves can matter. Says yes whenever it is not sure. */
export function conflict(a: Footprint, b: Footprint): boolean {
  for (const [left, access] of a)
    for (const [right, other] of b) if (meet(left, right) && collide(access, other)) return true;
  return false;
}

function collide(a: Access, b: Access): boolean {
  if (a === 'read') return b !== 'read';
  return a === 'write' || b !== 'append';
}

/** `*` is everything, `items:*` every item. */
function meet(left: string, right: string): boolean {
  if (left === right || left === '*' || right === '*') return true;
  const [table, item] = split(left);
  const [otherTable, otherItem] = split(right);
  return table === otherTable && (item === '*' || otherItem === '*');
}

function split(resource: string): [string, string] {
  const colon = resource.indexOf(':');
  return [resource.slice(0, colon), resource.slice(colon + 1)];
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
export function footprintOfSql(text: string, values: readonly unknown[], skus: readonly string[]): Footprint {
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
  return footprint.size === 0 ? EVERYTHING : footprint;
}

const REDIS_READS = new Set(['get', 'exists', 'ttl', 'pttl', 'xrange', 'hget', 'hmget', 'watch', 'strlen']);
const REDIS_LOCAL = new Set(['ping', 'unwatch']);

/** What one Redis command touches: every key that names an item, or all of Redis when none does. */
export function footprintOfCommand(
  command: string,
  args: readonly string[],
  skus: readonly string[],
): Footprint {
  const name = command.toLowerCase();
  if (REDIS_LOCAL.has(name)) return NOTHING;
  const keys = args.flatMap((arg) => nameKey(arg, skus) ?? []);
  const access = REDIS_READS.has(name) ? 'read' : 'write';
  if (keys.length === 0) return new Map([['redis:*', access]]);
  return new Map(keys.map((key) => [`redis:${key}`, access]));
}

/** A key by the place of its item, so that it is the same from schedule to schedule; undefined when it names none. */
export function nameKey(key: string, skus: readonly string[]): string | undefined {
  const place = skus.findIndex((sku) => key.includes(`{${sku}}`));
  return place === -1 ? undefined : key.replaceAll(skus[place] ?? '', String(place));
}

function names(value: unknown, sku = ''): boolean {
  return typeof value === 'string' && value.includes(sku);
}

/** Tables as a whole, without their items: at SERIALIZABLE, PostgreSQL remembers reads by the page. */
export function widen(footprint: Footprint): Footprint {
  if (footprint.has('*')) return EVERYTHING;
  const wide = new Map<string, Access>();
  for (const [resource, access] of footprint)
    addAccess(wide, resource.startsWith('redis:') ? resource : `${split(resource)[0]}:*`, access);
  return wide;
}

/** The same resources, all written. */
export function asWrites(footprint: Footprint): Footprint {
  return new Map([...footprint.keys()].map((resource) => [resource, 'write']));
}
