import { EVERYTHING_READ, NOTHING, serializable, unite, widen } from '@/explorer/search/access-set';
import type { AccessSet } from '@/explorer/search/access-set';
import { writesOf } from './sql-access';
import type { SqlAccess } from './sql-access';
import { readSql } from '@/explorer/schedule/sql-shape';
import type { SqlShape } from '@/explorer/schedule/sql-shape';

const READ_COMMITTED = 'read committed';

/**
 * Follows what one connection touches, group by group. The end of a transaction touches everything that it wrote or locked, because
 * only then do others see the writes or get the locks.
 */
export class ConnectionAccess {
  private isOpen = false;
  /** Of the transaction that is open, or of the next one. */
  private level: string;
  private isFresh = true;
  private touched: AccessSet = NOTHING;

  /** @param defaultLevel the isolation level of transactions that set none, in lower case */
  constructor(
    private readonly access: SqlAccess,
    private readonly defaultLevel: string = READ_COMMITTED,
  ) {
    this.level = defaultLevel;
  }

  /** What the latest group touches. */
  latest: AccessSet = NOTHING;

  /** What the statements of a group touch, each with its parameters. */
  take(statements: readonly { sql: string; parameters: readonly (string | null)[] }[]): AccessSet {
    this.latest = unite(
      ...statements.flatMap(({ sql, parameters }) =>
        readSql(sql).map((shape) => this.add(shape, parameters)),
      ),
    );
    return this.latest;
  }

  /** What a commit of its own touches: of a statement outside a transaction, whose commit is a move of its own. */
  commit(): AccessSet {
    return this.end('commit');
  }

  /** A statement outside a transaction is to be committed apart: until then it counts as in one. */
  open(): void {
    this.isOpen = true;
    this.isFresh = true;
  }

  private add(shape: SqlShape, parameters: readonly (string | null)[]): AccessSet {
    const { kind, level } = shape;
    if (level !== undefined) this.level = level;
    if (kind === 'begin') {
      this.open();
      return NOTHING;
    }
    if (kind === 'commit' || kind === 'rollback' || kind === 'rollback to savepoint') return this.end(kind);
    const touched = this.access.of(shape, parameters);
    if (!this.isOpen || touched === NOTHING) return touched;
    const isSerializable = this.level === 'serializable';
    const wide = isSerializable ? widen(touched) : touched;
    this.touched = unite(this.touched, wide);
    // above READ COMMITTED the first statement fixes what all of them see
    const takesSnapshot = this.isFresh && this.level !== READ_COMMITTED;
    this.isFresh = false;
    return unite(
      wide,
      takesSnapshot ? EVERYTHING_READ : NOTHING,
      isSerializable ? serializable('write') : NOTHING,
    );
  }

  private end(kind: SqlShape['kind']): AccessSet {
    if (!this.isOpen) return NOTHING;
    const ended = unite(
      writesOf(this.touched),
      this.level === 'serializable' ? serializable('write') : NOTHING,
    );
    if (kind === 'rollback to savepoint') return ended;
    this.isOpen = false;
    this.touched = NOTHING;
    this.level = this.defaultLevel;
    return ended;
  }
}
