import { findKeys, readKeySpecs, type KeySpec, type KeyUse } from './key-specs';
import { listOf, textOf, type RespValue } from './resp-value';

/** What a command is, by the server's own `COMMAND`; nothing in it depends on the state of a connection. */
export interface CommandTraits {
  readonly reads: boolean;
  readonly writes: boolean;
  /** No reply may come for as long as the command says: BLPOP, WAIT, XREAD with BLOCK. */
  readonly isBlocking: boolean;
  /** Runs Lua or a function: may touch keys that it does not name. */
  readonly isScript: boolean;
  /** Concerns the connection or the server and no data: HELLO, SELECT, CLIENT, INFO, SUBSCRIBE, MULTI. */
  readonly isHousekeeping: boolean;
  readonly keys: readonly KeyUse[];
  /** False if the command touches, or may touch, more keys than it names: KEYS, FLUSHALL, SORT with BY, an unknown one. */
  readonly namesAllKeys: boolean;
}

/** @param words name and arguments */
export type CommandTable = (words: readonly Buffer[]) => CommandTraits;

interface Entry {
  flags: ReadonlySet<string>;
  specs: readonly KeySpec[];
  subcommands: ReadonlyMap<string, Entry>;
}

const HOUSEKEEPING = new Set(
  (
    'AUTH HELLO SELECT QUIT RESET PING ECHO CLIENT COMMAND INFO CONFIG READONLY READWRITE ASKING CLUSTER ROLE TIME ' +
    'ACL LATENCY SLOWLOG MODULE MONITOR LOLWUT SCRIPT MULTI DISCARD UNWATCH ' +
    'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE PUBSUB'
  ).split(' '),
);
/** Redis 7.0 does not say so itself. */
const WAITS = new Set(['WAIT', 'WAITAOF']);
const SCRIPTS = new Set(['EVAL', 'EVALSHA', 'EVAL_RO', 'EVALSHA_RO', 'FCALL', 'FCALL_RO']);

/** @param reply of `COMMAND`, decoded from RESP2 */
export function readCommandTable(reply: RespValue): CommandTable {
  const entries = readEntries(reply);
  return (words) => {
    const name = textOf(words[0]).toUpperCase();
    const known = entries.get(name);
    const entry = known?.subcommands.get(`${name}|${textOf(words[1]).toUpperCase()}`) ?? known;
    return describe(name, entry, words);
  };
}

function describe(name: string, entry: Entry | undefined, words: readonly Buffer[]): CommandTraits {
  const isHousekeeping = HOUSEKEEPING.has(name);
  const flags = entry?.flags ?? new Set<string>();
  const found = findKeys(name, words, entry?.specs ?? []);
  const isScript = SCRIPTS.has(name);
  // a script without keys may still call what it likes
  const mayDoAnything = entry === undefined || (isScript && !flags.has('readonly'));
  const reads = mayDoAnything || flags.has('readonly') || found.keys.some((key) => key.reads);
  // SORT and GEORADIUS write only with STORE, FLUSHALL without any key
  const mayWrite = flags.has('write') && found.keys.length === 0;
  const writes = mayDoAnything || mayWrite || found.keys.some((key) => key.writes);
  return {
    reads: !isHousekeeping && reads,
    writes: !isHousekeeping && writes,
    isBlocking:
      WAITS.has(name) || (flags.has('blocking') && !(name.startsWith('XREAD') && !hasOption(words, 'BLOCK'))),
    isScript,
    isHousekeeping,
    keys: found.keys,
    namesAllKeys:
      isHousekeeping || (found.areAll && !isScript && (found.keys.length > 0 || (!reads && !writes))),
  };
}

/** EXEC: what its commands do, and the keys under WATCH, which it reads. */
export function describeExec(
  block: readonly { traits: CommandTraits }[],
  watched: readonly Buffer[],
): CommandTraits {
  const all = block.map(({ traits }) => traits);
  const watches = watched.map((key) => ({ key, reads: true, writes: false }));
  return {
    reads: watches.length > 0 || all.some(({ reads }) => reads),
    writes: all.some(({ writes }) => writes),
    isBlocking: false,
    isScript: all.some(({ isScript }) => isScript),
    isHousekeeping: false,
    keys: [...watches, ...all.flatMap(({ keys }) => keys)],
    namesAllKeys: all.every(({ namesAllKeys }) => namesAllKeys),
  };
}

/** XREAD and XREADGROUP: an option comes before STREAMS, after which everything is a key or an id. */
function hasOption(words: readonly Buffer[], option: string): boolean {
  const texts = words.map((word) => textOf(word).toUpperCase());
  const at = texts.indexOf(option);
  return at !== -1 && at < texts.indexOf('STREAMS');
}

function readEntries(reply: RespValue): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const item of listOf(reply)) {
    const [name, , flags, first, last, step, , , specs, subcommands] = listOf(item);
    const flagNames = new Set(listOf(flags).map(textOf));
    // Redis 6 tells where keys begin and end, and no more
    const legacy: KeySpec = {
      begin: { index: Number(first) },
      find: {
        last: Number(last) < 0 ? Number(last) : Number(last) - Number(first),
        step: Number(step),
        limit: 0,
      },
      reads: true,
      writes: flagNames.has('write'),
    };
    const read = specs === undefined && Number(first) > 0 ? [legacy] : readKeySpecs(specs ?? null);
    const isVague = specs === undefined && flagNames.has('movablekeys');
    entries.set(textOf(name).toUpperCase(), {
      flags: flagNames,
      specs: isVague ? [...read, { ...legacy, find: 'unknown' }] : read,
      subcommands: readEntries(subcommands ?? null),
    });
  }
  return entries;
}
