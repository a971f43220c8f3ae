import { FORMAT, FORMAT_VERSION } from './format';
import { HistoryFileError } from './history-file-error';

/** The key that each kind of line has and no other. */
const KEYS = { header: 'format', attempt: 'n', order: 'order', final: 'final', end: 'end' } as const;

export type LineKind = keyof typeof KEYS;

const [COLON, QUOTE, BACKSLASH] = [0x3a, 0x22, 0x5c];

const KINDS = Object.keys(KEYS) as LineKind[];

/** One JSON object. @throws HistoryFileError */
export function parseLine(text: string, line: number): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HistoryFileError(line, `is not JSON, or is cut off: ${text.slice(0, 60)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HistoryFileError(line, 'expected a JSON object.');
  // zod drops this key unseen
  if (Object.hasOwn(value, '__proto__')) throw new HistoryFileError(line, 'has the key "__proto__".');
  // JSON.parse keeps the last of two values and drops the other, so that the line could be read in two ways
  if (countPairs(text) !== countKeys(value))
    throw new HistoryFileError(line, 'says a key of an object twice, which can be read in two ways.');
  return value;
}

/** Keys that valid JSON has in its text: the colons outside of strings. */
function countPairs(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === COLON) pairs += 1;
    else if (character === QUOTE) at = endOfString(text, at);
  }
  return pairs;
}

/** Where the string ends that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

/** Keys of the value and of everything in it, which may be nested too deep for a recursion. */
function countKeys(value: object): number {
  let keys = 0;
  const open = [value];
  for (let held = open.pop(); held !== undefined; held = open.pop()) {
    const inside: unknown[] = Array.isArray(held) ? held : Object.values(held);
    if (!Array.isArray(held)) keys += inside.length;
    for (const item of inside) if (typeof item === 'object' && item !== null) open.push(item);
  }
  return keys;
}

/** What a line is, by the key that it must have. @throws HistoryFileError */
export function kindOf(value: object, line: number): LineKind {
  const [kind, other] = KINDS.filter((candidate) => Object.hasOwn(value, KEYS[candidate]));
  const keys = KINDS.map((candidate) => `"${KEYS[candidate]}"`).join(', ');
  if (kind === undefined || other !== undefined)
    throw new HistoryFileError(line, `expected an object with one of the keys ${keys}.`);
  return kind;
}

/** Told apart from other faults of a header, because the remedy is another one. @throws HistoryFileError */
export function checkFormat(header: object, line: number): void {
  const { format, version } = header as { format: unknown; version?: unknown };
  if (format !== FORMAT) throw new HistoryFileError(line, `expected the format "${FORMAT}".`);
  if (typeof version === 'number' && Number.isInteger(version) && version > FORMAT_VERSION)
    throw new HistoryFileError(
      line,
      `is of version ${version}. This program reads versions up to ${FORMAT_VERSION}; a newer one is needed.`,
    );
}
