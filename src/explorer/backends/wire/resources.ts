import { addAccess, unite } from '@/explorer/search/access-set';
import type { Access, AccessSet } from '@/explorer/search/access-set';

/** When the current transaction began, as a statement in it reads it. It is a part of the server's clock. */
export const TRANSACTION_TIME = 'times:transaction';
export const TIME_OF_TRANSACTION: AccessSet = new Map([[TRANSACTION_TIME, 'write']]);
/** The catalogue of PostgreSQL, which statements that are not understood may change. */
export const CATALOGUE_READ: AccessSet = new Map([['catalogue:*', 'read']]);

/** The part of an access set that a condition selects. */
export function pick(accessSet: AccessSet, isKept: (resource: string, access: Access) => boolean): AccessSet {
  return new Map([...accessSet].filter(([resource, access]) => isKept(resource, access)));
}

/** Whether a statement that touches this may read when its transaction began. */
export function mayReadStart(accessSet: AccessSet): boolean {
  return accessSet.has('*') || accessSet.has(TRANSACTION_TIME);
}

/** Joins access sets as `unite` does; nothing can be added to a write of everything. */
export function join(...accessSets: readonly AccessSet[]): AccessSet {
  const everything = accessSets.find((one) => one.get('*') === 'write');
  return everything ? new Map([['*', 'write']]) : unite(...accessSets);
}

/** One resource. */
export function touch(resource: string, access: Access): AccessSet {
  const set = new Map<string, Access>();
  addAccess(set, resource, access);
  return set;
}
