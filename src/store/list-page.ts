import { customAlphabet } from 'nanoid';
import { refuse } from '@/lib/lab-error';
import type { Refusal } from '@/lib/lab-error';

/** Lower-case without look-alikes: ids are read aloud and typed. 10 of 30 letters make 5.9e14. */
export const newId = customAlphabet('23456789abcdefghjkmnpqrstvwxyz', 10);

/** Whether a text can be the id of a job. */
export function isId(id: string): boolean {
  return /^[0-9a-z]{1,32}$/.test(id);
}

/** A place in a list, newest first. */
export interface Cursor {
  createdAt: Date;
  id: string;
}

/** The requested part of a list. `cursor`: the `nextCursor` of the page before; absent for the first. */
export interface WantedPage {
  limit: number;
  cursor?: string | undefined;
}

/** The order of every list of jobs. */
export const NEWEST_FIRST = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];

/** Prisma's condition for what comes after a place in such a list. */
export function olderThan(before: Cursor | undefined): { OR?: object[] } {
  if (!before) return {};
  const { createdAt, id } = before;
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}

/**
 * Cuts a result that was read with a limit of one more than the page holds, which tells whether another page follows.
 */
export function cutPage<T extends { id: string; createdAt: string }>(
  read: T[],
  limit: number,
): { shown: T[]; nextCursor: string | null } {
  const shown = read.slice(0, limit);
  const last = shown.at(-1);
  return { shown, nextCursor: read.length > limit && last ? writeCursor(last) : null };
}

/** Where the next page of a list begins: after this entry. */
export function writeCursor({ createdAt, id }: { createdAt: string; id: string }): string {
  return `${createdAt}~${id}`;
}

/** Where a page begins; the refusal of a text that `writeCursor` did not write. */
export function readCursor(cursor: string | undefined): { ok: true; before: Cursor | undefined } | Refusal {
  if (cursor === undefined) return { ok: true, before: undefined };
  const [createdAt = '', id = ''] = cursor.split('~');
  const date = new Date(createdAt);
  // PostgreSQL knows no year 0
  const isDate =
    !Number.isNaN(date.getTime()) && date.toISOString() === createdAt && date.getUTCFullYear() > 0;
  if (isDate && isId(id) && writeCursor({ createdAt, id }) === cursor)
    return { ok: true, before: { createdAt: date, id } };
  const message = 'was not made by this list';
  return refuse('invalid', 'bad-cursor', `This cursor ${message}.`, [{ path: 'cursor', message }]);
}
