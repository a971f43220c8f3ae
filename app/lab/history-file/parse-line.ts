import { FORMAT, FORMAT_VERSION } from './format';
import { HistoryFileError } from './history-file-error';

/** The key that each kind of line has and no other. */
const KEYS = { header: 'format', attempt: 'n', order: 'order', final: 'final', end: 'end' } as const;

export type LineKind = keyof typeof KEYS;

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
  return value;
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
