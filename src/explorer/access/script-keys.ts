import { createHash } from 'node:crypto';

/** Commands, of Redis and of node-redis, whose first argument is their only key. */
export const OF_ONE_KEY =
  /^(get(set|del|ex|range)?|set(nx|ex|range)?|psetex|append|strlen|(in|de)cr(by)?|incrbyfloat|p?ttl|p?expire(at)?|persist|type|h(get|set|setnx|mset|mget|getall|del|exists|incrby|keys|vals|len)|[lr](push|pushx|pop|rem|set|trim|range|len|index)|s(add|rem|card|ismember|members|pop)|z(add|rem|card|score|range|rank|incrby|popmin|popmax|count|remrangebyscore)|x(add|del|range|revrange|len|trim|ack))$/i;
/** Commands, of Redis and of node-redis, whose arguments are all keys. */
export const OF_KEYS = /^(del|unlink|exists|touch|watch|mget|rename(nx)?)$/i;
/** Commands without a key that say nothing of any. */
const OF_NO_KEY = /^(time|ping|echo)$/i;

/** Members of `redis` in Lua that touch no key. */
const HARMLESS = /^(error_reply|status_reply|sha1hex|log|LOG_\w+|setresp)$/;
/** Names by which a script could run text, reach what it does not name, or change what a name means. */
const OPAQUE = new Set(
  (
    '_ENV _G debug dofile getfenv getmetatable load loadfile loadstring module rawget rawset require ' +
    'setfenv setmetatable server'
  ).split(' '),
);

interface Token {
  kind: 'name' | 'number' | 'text' | 'symbol';
  text: string;
}

const MOST_KNOWN = 500;
const texts = new Map<string, string>();

/** Keeps the text of a script, so that it is known where the script is called by its hash. */
export function rememberScript(script: string): void {
  if (texts.size >= MOST_KNOWN) texts.clear();
  texts.set(createHash('sha1').update(script).digest('hex'), script);
}

/** The text of a script that an explored strategy has sent before; undefined where none has. */
export function scriptByHash(hash: string): string | undefined {
  return texts.get(hash.toLowerCase());
}

const known = new Map<string, string[] | null>();

/**
 * The keys that a Lua script names beside those that are declared (`KEYS[n]`), such as `'total'` in `redis.call('get',
 * 'total')`. Null: it may touch any, because a key is made by the script (`KEYS[1] .. ':left'`), stands in a variable,
 * or the script is not plain enough to tell.
 */
export function ownKeysOfScript(script: string): readonly string[] | null {
  const before = known.get(script);
  if (before !== undefined) return before;
  const tokens = tokenize(script);
  const keys = tokens && readCalls(tokens);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(script, keys);
  return keys;
}

function readCalls(tokens: readonly Token[]): string[] | null {
  const own: string[] = [];
  /** Places of `KEYS` that are read as the key of a command. */
  const asKey = new Set<number>();
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind !== 'name') continue;
    if (OPAQUE.has(text)) return null;
    if (text !== 'redis') continue;
    const member = tokens[at + 2];
    if (isText(tokens[at - 1], '.', ':') || !isText(tokens[at + 1], '.') || member?.kind !== 'name')
      return null;
    if (HARMLESS.test(member.text) && !isText(tokens[at + 3], '=')) continue;
    if (!isText(member, 'call', 'pcall') || !isText(tokens[at + 3], '(')) return null;
    const keys = readArguments(tokens, at + 4, asKey);
    if (!keys) return null;
    own.push(...keys);
  }
  return leavesKeysAlone(tokens, asKey) ? own : null;
}

/** The keys of a call that are written out; null where one is anything but that or `KEYS[n]`. */
function readArguments(tokens: readonly Token[], start: number, asKey: Set<number>): string[] | null {
  const command = tokens[start];
  if (command?.kind !== 'text') return null;
  if (OF_NO_KEY.test(command.text)) return [];
  const isOne = OF_ONE_KEY.test(command.text);
  if (!isOne && !OF_KEYS.test(command.text)) return null;
  const own: string[] = [];
  for (let at = start + 1; isText(tokens[at], ',');) {
    const key = tokens[at + 1];
    let end = at + 2;
    // what an escape stands for is not worked out
    if (key?.kind === 'text' && !key.text.includes('\\')) own.push(key.text);
    else if (key?.kind === 'name' && key.text === 'KEYS') {
      const closing = closingBracket(tokens, end);
      if (closing === undefined) return null;
      asKey.add(at + 1);
      end = closing + 1;
    } else return null;
    if (!isText(tokens[end], ',', ')')) return null;
    if (isOne) return own;
    at = end;
  }
  // called without a key, which the server refuses
  return own;
}

/** Whether the script does nothing with `KEYS` but read one of them: it neither changes it nor passes it on. */
function leavesKeysAlone(tokens: readonly Token[], asKey: ReadonlySet<number>): boolean {
  return tokens.every(({ kind, text }, at) => {
    if (kind !== 'name' || text !== 'KEYS' || asKey.has(at)) return true;
    if (isText(tokens[at - 1], '#')) return true;
    if (isText(tokens[at - 1], '.', ':')) return false;
    const closing = closingBracket(tokens, at + 1);
    // `KEYS[1] = x`, and `KEYS[1], y = x, z`
    return closing !== undefined && !isText(tokens[closing + 1], '=', ',');
  });
}

/** Where the bracket that opens here closes; undefined where none opens or closes. */
function closingBracket(tokens: readonly Token[], open: number): number | undefined {
  if (!isText(tokens[open], '[')) return undefined;
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (isText(tokens[at], '[')) depth += 1;
    if (isText(tokens[at], ']')) depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

function isText(token: Token | undefined, ...texts: string[]): boolean {
  return token !== undefined && token.kind !== 'text' && texts.includes(token.text);
}

const SPACE = /\s+|--\[(=*)\[[^]*?\]\1\]|--[^\n]*/y;
const LONG_TEXT = /\[(=*)\[([^]*?)\]\1\]/y;
const TEXT = /'((?:[^'\\\n]|\\[^])*)'|"((?:[^"\\\n]|\\[^])*)"/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /0[xX][\da-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?/y;
const SYMBOL = /\.{2,3}|[=~<>]=|[-+*/%^#<>=(){}[\];:,.!]/y;
const SHEBANG = /^#![^\n]*/;

/** The tokens of a Lua script; null where it cannot be read. */
function tokenize(script: string): Token[] | null {
  const tokens: Token[] = [];
  let at = SHEBANG.exec(script)?.[0].length ?? 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(script);
    if (found) at = pattern.lastIndex;
    return found;
  };
  while (at < script.length) {
    if (match(SPACE)) continue;
    const long = match(LONG_TEXT);
    const text = long ?? match(TEXT);
    const name = text ? null : match(NAME);
    const number = text || name ? null : match(NUMBER);
    const symbol = text || name || number ? null : match(SYMBOL);
    if (text) tokens.push({ kind: 'text', text: (long ? text[2] : (text[1] ?? text[2])) ?? '' });
    else if (name) tokens.push({ kind: 'name', text: name[0] });
    else if (number) tokens.push({ kind: 'number', text: number[0] });
    else if (symbol) tokens.push({ kind: 'symbol', text: symbol[0] });
    else return null;
  }
  return tokens;
}
