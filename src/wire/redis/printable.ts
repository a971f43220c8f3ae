import { isUtf8 } from 'node:buffer';
import { RespError, RespPush, type RespValue } from './resp-value';

const MOST_CHARACTERS = 500;
const ESCAPED: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };
/* eslint-disable no-control-regex -- these are the ones to escape */
const UNPRINTABLE = /["\\\x00-\x1f\x7f]/g;
const UNPRINTABLE_BYTE = /["\\\x00-\x1f\x7f-\xff]/g;
/* eslint-enable no-control-regex */

/** The words of a command in one line, quoted where `redis-cli` would need quotes; passwords are left out. */
export function printCommand(words: readonly Buffer[]): string {
  const secret = firstSecret(words);
  return shorten(words.map((word, i) => (i >= secret ? '***' : printWord(word))).join(' '));
}

/** A reply in one line: `"text"`, `3`, `nil`, `(error) ERR …`, `["a", "b"]`, `{"field": "value"}`. */
export function printReply(value: RespValue): string {
  return shorten(print(value));
}

export function printWord(word: Buffer): string {
  const text = quote(word);
  return /^"[^\s"'\\]+"$/.test(text) ? text.slice(1, -1) : text;
}

function print(value: RespValue): string {
  if (value === null) return 'nil';
  if (Buffer.isBuffer(value)) return quote(value);
  if (value instanceof RespError) return `(error) ${value.message}`;
  if (value instanceof RespPush) return `push [${printAll(value.items)}]`;
  if (value instanceof Set) return `set [${printAll([...value])}]`;
  if (Array.isArray(value)) return `[${printAll(value)}]`;
  if (value instanceof Map) {
    return `{${Array.from(value, ([key, of]) => `${print(key)}: ${print(of)}`).join(', ')}}`;
  }
  return String(value);
}

/** No more of a long list than is shown of it. */
function printAll(values: readonly RespValue[]): string {
  return values.slice(0, MOST_CHARACTERS).map(print).join(', ');
}

function quote(bytes: Buffer): string {
  const part = bytes.subarray(0, 4 * MOST_CHARACTERS);
  const isText = isUtf8(bytes);
  const text = part.toString(isText ? 'utf8' : 'latin1');
  return `"${text.replaceAll(isText ? UNPRINTABLE : UNPRINTABLE_BYTE, (letter) => ESCAPED[letter] ?? toHex(letter))}"`;
}

function toHex(letter: string): string {
  return `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function shorten(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** The place of the first word that holds a password; what follows is left out with it. */
function firstSecret(words: readonly Buffer[]): number {
  const [name, second] = words.slice(0, 2).map((word) => word.toString('latin1').toUpperCase());
  if (name === 'AUTH') return 1;
  if (name === 'ACL' && second === 'SETUSER') return 3;
  if (
    name === 'CONFIG' &&
    second === 'SET' &&
    words.some((word) => /pass|auth/i.test(word.toString('latin1')))
  )
    return 3;
  if (name !== 'HELLO' && name !== 'MIGRATE') return Infinity;
  const auth = words.findIndex((word) => /^auth2?$/i.test(word.toString('latin1')));
  return auth === -1 ? Infinity : auth + 1;
}
