import { listOf, textOf, type RespValue } from './resp-value';

/** A key that a command names, and what becomes of it. */
export interface KeyUse {
  readonly key: Buffer;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** Where a command has keys: https://redis.io/docs/latest/develop/reference/key-specs/. */
export interface KeySpec {
  /** The place of the first key: fixed, or after a word that is looked for from a place (from the end if negative). */
  readonly begin: { index: number } | { keyword: string; from: number } | 'unknown';
  /** How far they go: to a last one, or as many as an argument says. */
  readonly find:
    | { last: number; step: number; limit: number }
    | { countAt: number; first: number; step: number }
    | 'unknown';
  readonly reads: boolean;
  readonly writes: boolean;
}

interface Found {
  keys: KeyUse[];
  /** Whether the command touches no others. */
  areAll: boolean;
}

/** @param words name and arguments of the command */
export function findKeys(name: string, words: readonly Buffer[], specs: readonly KeySpec[]): Found {
  if (name === 'SORT' || name === 'SORT_RO') return findSortKeys(words);
  const found: Found = { keys: [], areAll: true };
  for (const { begin, find, reads, writes } of specs) {
    if (begin === 'unknown' || find === 'unknown') {
      found.areAll = false;
      continue;
    }
    const first = firstKey(words, begin);
    if (first === undefined) continue;
    for (const at of places(words, first, find)) {
      const key = words[at];
      if (key) found.keys.push({ key, reads, writes });
    }
  }
  return found;
}

function firstKey(words: readonly Buffer[], begin: Exclude<KeySpec['begin'], 'unknown'>): number | undefined {
  if ('index' in begin) return begin.index;
  const isBackwards = begin.from < 0;
  const start = isBackwards ? words.length + begin.from : begin.from;
  for (let at = start; at > 0 && at < words.length; at += isBackwards ? -1 : 1) {
    if (words[at]?.toString('latin1').toUpperCase() === begin.keyword) return at + 1;
  }
  return undefined;
}

function places(
  words: readonly Buffer[],
  first: number,
  find: Exclude<KeySpec['find'], 'unknown'>,
): number[] {
  let from = first;
  let last: number;
  if ('countAt' in find) {
    from = first + find.first;
    const count = Number(words[first + find.countAt]?.toString('latin1'));
    last = from + (Math.min(count, words.length) - 1) * find.step;
  } else if (find.last >= 0) last = first + find.last;
  else if (find.limit > 1) last = first + Math.floor((words.length - first) / find.limit) + find.last;
  else last = words.length + find.last;
  const found: number[] = [];
  for (let at = from; at <= last && at < words.length && find.step > 0; at += find.step) found.push(at);
  return found;
}

/** For SORT the server itself only says "unknown": STORE names a key, BY and GET with a pattern read others. */
function findSortKeys(words: readonly Buffer[]): Found {
  const found: Found = { keys: [], areAll: true };
  const [, key, ...options] = words;
  if (key) found.keys.push({ key, reads: true, writes: false });
  for (let at = 0; at < options.length; at += 1) {
    const option = options[at]?.toString('latin1').toUpperCase();
    const next = options[at + 1];
    if (option === 'LIMIT') at += 2;
    if (!next || (option !== 'STORE' && option !== 'BY' && option !== 'GET')) continue;
    at += 1;
    if (option !== 'STORE') found.areAll &&= !next.includes('*');
    else found.keys.push({ key: next, reads: false, writes: true });
  }
  return found;
}

/** @param value the key specifications of a command in a reply to `COMMAND`, in RESP2: flat lists of names and values */
export function readKeySpecs(value: RespValue): KeySpec[] {
  return listOf(value).flatMap((item) => {
    const spec = toRecord(item);
    const flags = new Set(listOf(spec.flags).map(textOf));
    // a channel, which only a cluster treats like a key
    if (flags.has('not_key')) return [];
    const begin = toRecord(spec.begin_search);
    const find = toRecord(spec.find_keys);
    return {
      begin: readBegin(textOf(begin.type), toRecord(begin.spec)),
      find: readFind(textOf(find.type), toRecord(find.spec)),
      reads: !flags.has('OW') && !flags.has('RM'),
      writes: !flags.has('RO'),
    };
  });
}

function readBegin(type: string, spec: Record<string, RespValue>): KeySpec['begin'] {
  if (type === 'index') return { index: Number(spec.index) };
  if (type !== 'keyword') return 'unknown';
  return { keyword: textOf(spec.keyword).toUpperCase(), from: Number(spec.startfrom) };
}

function readFind(type: string, spec: Record<string, RespValue>): KeySpec['find'] {
  const step = Number(spec.keystep);
  if (type === 'range') return { last: Number(spec.lastkey), step, limit: Number(spec.limit) };
  if (type !== 'keynum') return 'unknown';
  return { countAt: Number(spec.keynumidx), first: Number(spec.firstkey), step };
}

function toRecord(value: RespValue | undefined): Record<string, RespValue> {
  const items = listOf(value);
  const pairs = Array.from({ length: Math.floor(items.length / 2) }, (_, i) => [
    textOf(items[2 * i]),
    items[2 * i + 1] ?? null,
  ]);
  return Object.fromEntries(pairs) as Record<string, RespValue>;
}
