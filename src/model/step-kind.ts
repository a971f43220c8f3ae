/**
 * What a step does, for timing, for the read-to-write window and for what its failure proves: `read` and `write` touch
 * the stock, `decide` does both in one statement, `lock` waits for a lock of PostgreSQL that shuts out every other
 * attempt on the item, `unlock` frees one that does not simply end with its transaction, `begin` opens a transaction,
 * `commit` makes it durable, `order` records the sale, `sql` is any other statement; `redis read` and its like do the
 * same in Redis, `redis` is any other command there; `memory lock` waits within this process, `think` is the
 * application's own work, `retry` is back-off. `connection` is a wait for a connection of the pool under test.
 */
export const STEP_KINDS = [
  'connection',
  'begin',
  'lock',
  'unlock',
  'read',
  'write',
  'decide',
  'order',
  'sql',
  'commit',
  'redis',
  'redis lock',
  'redis unlock',
  'redis read',
  'redis write',
  'redis decide',
  'memory lock',
  'think',
  'retry',
] as const;

export type StepKind = (typeof STEP_KINDS)[number];

/** The kind without its store: `read` for `redis read`. */
export function accessOf(kind: StepKind): string {
  return kind.slice(kind.lastIndexOf(' ') + 1);
}

/** The step split off from one that had to wait for its connection. */
export const WAIT_STEP = 'wait for connection';

/** Steps that every strategy may take undeclared: the ends of `transaction`, and the wait for a connection. */
export const IMPLIED_STEPS: Record<string, StepKind> = {
  [WAIT_STEP]: 'connection',
  begin: 'begin',
  commit: 'commit',
};

/** Kinds that send SQL, and so may have to wait for a connection first. */
const SQL_KINDS = new Set<StepKind>(['begin', 'lock', 'unlock', 'read', 'write', 'decide', 'order', 'sql']);

export function sendsSql(kind: StepKind): boolean {
  return SQL_KINDS.has(kind);
}
