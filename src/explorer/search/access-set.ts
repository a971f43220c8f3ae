/** How something is touched. Two appends commute unless another move reads, since each adds something of its own. */
export type Access = 'read' | 'append' | 'write';

/**
 * What a move touches. A resource is `<what>:<which>`, such as `items:0` or `redis:lock:{0}`; `items:*` is every item
 * and `*` is everything stored. Two moves may be swapped exactly when nothing that either touches reveals their order
 * (`conflict`), so an access set holds everything that could: the stores, the locks, the memory of the process, and the
 * moments that the judge compares.
 */
export type AccessSet = ReadonlyMap<string, Access>;

export const NOTHING: AccessSet = new Map();

/**
 * The clock of the judge. It asks of two intervals (an attempt from call to return, a lock from grant to release) only
 * whether one had ended before the other started. So an end appends and a start reads: two starts commute, two ends
 * commute, a start and an end do not.
 */
const CLOCK = 'clock:*';
export const START: AccessSet = new Map([[CLOCK, 'read']]);
export const END: AccessSet = new Map([[CLOCK, 'append']]);

/** Everything stored, and the clock: a death, or time that passes when nothing else can happen. */
export const EVERYTHING: AccessSet = new Map([
  ['*', 'write'],
  [CLOCK, 'write'],
]);
/** The access set of a statement that the explorer does not understand. */
export const EVERYTHING_STORED: AccessSet = new Map([['*', 'write']]);
/** A snapshot. */
export const EVERYTHING_READ: AccessSet = new Map([['*', 'read']]);
/** Everything that attempts share in the memory of their process. */
export const MEMORY: AccessSet = new Map([['memory:*', 'write']]);
/** The server's clock, read by a statement or by the start of a transaction that asks for it later. */
export const TIMES: AccessSet = new Map([['times:*', 'write']]);
/** The waits for locks in PostgreSQL: the wait that closes a deadlock is the one that fails. */
export const WAITS: AccessSet = new Map([['waits:*', 'write']]);
/**
 * What PostgreSQL remembers of transactions at SERIALIZABLE. Until one has committed, the statements of the others only
 * add to it, in any order; after that, any of them may fail or doom another.
 */
export function serializable(access: Access): AccessSet {
  return new Map([['serializable:*', access]]);
}
/** The one lease that may expire in a schedule, and the attempt that holds it. */
export const LEASES: AccessSet = new Map([['leases:*', 'write']]);

/**
 * The locks with a lease that an attempt holds: they expire together, so a move that changes which they are does not
 * commute with the end of the lease.
 */
export function holdings(actor: number): AccessSet {
  return new Map([[`holdings:${actor}`, 'write']]);
}

export function addAccess(to: Map<string, Access>, resource: string, access: Access): void {
  const known = to.get(resource);
  // an append together with a read of the same resource depends on other appends
  to.set(resource, known === undefined || known === access ? access : 'write');
}

export function unite(...accessSets: AccessSet[]): AccessSet {
  const all = new Map<string, Access>();
  for (const accessSet of accessSets)
    for (const [resource, access] of accessSet) addAccess(all, resource, access);
  return all;
}

/** Whether the order of two moves can matter. Returns true whenever it is not sure. */
export function conflict(a: AccessSet, b: AccessSet): boolean {
  for (const [left, access] of a)
    for (const [right, other] of b) if (meet(left, right) && collide(access, other)) return true;
  return false;
}

function collide(a: Access, b: Access): boolean {
  if (a === 'read') return b !== 'read';
  return a === 'write' || b !== 'append';
}

function meet(left: string, right: string): boolean {
  if (left === right) return true;
  if (left === '*') return right !== CLOCK;
  if (right === '*') return left !== CLOCK;
  const [what, which] = split(left);
  const [otherWhat, otherWhich] = split(right);
  return what === otherWhat && (which === '*' || otherWhich === '*');
}

function split(resource: string): [string, string] {
  const colon = resource.indexOf(':');
  return [resource.slice(0, colon), resource.slice(colon + 1)];
}

/** Widens an access set to whole tables: at SERIALIZABLE, PostgreSQL tracks reads by the page. */
export function widen(accessSet: AccessSet): AccessSet {
  const wide = new Map<string, Access>();
  for (const [resource, access] of accessSet)
    addAccess(wide, resource === '*' ? resource : `${split(resource)[0]}:*`, access);
  return wide;
}
