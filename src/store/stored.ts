import { customAlphabet } from 'nanoid';
import type { Cursor } from './list-races';

/** Lower-case without look-alikes: ids are read aloud and typed. 10 of 30 letters make 5.9e14. */
export const newId = customAlphabet('23456789abcdefghjkmnpqrstvwxyz', 10);

/** Whether a text can be the id of a race or an experiment. */
export function isId(id: string): boolean {
  return /^[0-9a-z]{1,32}$/.test(id);
}

/** Where the next page of a list begins: after this entry. */
export function writeCursor({ createdAt, id }: { createdAt: string; id: string }): string {
  return `${createdAt}~${id}`;
}

/** Null for a text that `writeCursor` did not write. */
export function readCursor(cursor: string): Cursor | null {
  const [createdAt = '', id = ''] = cursor.split('~');
  const date = new Date(createdAt);
  // PostgreSQL knows no year 0
  const isDate =
    !Number.isNaN(date.getTime()) && date.toISOString() === createdAt && date.getUTCFullYear() > 0;
  return isDate && isId(id) && writeCursor({ createdAt, id }) === cursor ? { createdAt: date, id } : null;
}
