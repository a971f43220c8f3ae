import { EVERYTHING_READ, NOTHING, serializable, TIMES, unite, widen } from '@/explorer/search/access-set';
import type { AccessSet } from '@/explorer/search/access-set';
import { READ_COMMITTED, SERIALIZABLE, stricterLevel } from '@/explorer/access/sql-level';
import { readSql } from '@/explorer/access/sql-shape';
import type { SqlShape } from '@/explorer/access/sql-shape';
import { mayReadStart, pick, TRANSACTION_TIME } from './resources';
import type { SqlAccess } from './sql-access';

/** What all connections of an exploration have done so far. */
export interface AccessHistory {
  /** Whether a statement may have read when its transaction began. Until one has, that moment does not count. */
  readsStart: boolean;
}

/**
 * Follows what one connection touches, group by group. The end of a transaction touches everything that it wrote or locked, because
 * only then do others see the writes or get the locks.
 */
export class ConnectionAccess {
  private isOpen = false;
  /** Of the transaction that is open, or of the next one. */
  private level: string;
  private isFresh = true;
  /** Whether the level of the transaction can no longer become less strict. */
  private isSettled = false;
  /** Whether the transaction begins in the move that sends its only statement. */
  private isSplit = false;
  private touched: AccessSet = NOTHING;
  /** What it locks and only reads. */
  private locked: AccessSet = NOTHING;

  /** @param sessionLevel the isolation level of transactions that set none, in lower case */
  constructor(
    private readonly access: SqlAccess,
    private readonly history: AccessHistory,
    private sessionLevel: string = READ_COMMITTED,
  ) {
    this.level = sessionLevel;
  }

  /** What the latest group touches. */
  latest: AccessSet = NOTHING;

  /**
   * What the statements of a group touch, each with its parameters.
   *
   * @param sessionLevel the level of later transactions that set none, if that has become stricter
   */
  take(
    statements: readonly { sql: string; parameters: readonly (string | null)[] }[],
    sessionLevel: string = READ_COMMITTED,
  ): AccessSet {
    this.sessionLevel = stricterLevel(this.sessionLevel, sessionLevel);
    if (!this.isOpen) this.level = stricterLevel(this.level, this.sessionLevel);
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

  /** The next group, outside a transaction, is to be committed apart: until then it counts as in one. */
  split(): void {
    this.open();
    this.isSplit = true;
  }

  private open(): void {
    this.isOpen = true;
    this.isFresh = true;
    this.isSettled = false;
    this.isSplit = false;
  }

  private add(shape: SqlShape, parameters: readonly (string | null)[]): AccessSet {
    const { kind, level } = shape;
    if (kind === 'begin') this.open();
    if (level !== undefined) this.setLevel(level);
    // the moment of its beginning is what now() returns in it
    if (kind === 'begin') return this.begun();
    if (kind === 'savepoint') this.isSettled = true;
    if (kind === 'commit' || kind === 'rollback' || kind === 'rollback to savepoint') {
      const { level: chained } = this;
      const ended = this.end(kind);
      if (!shape.isChained) return ended;
      this.open();
      this.level = chained;
      return unite(ended, this.begun());
    }
    if (kind === 'savepoint' || kind === 'setting') return NOTHING;
    if (this.isOpen) this.locked = unite(this.locked, this.access.locksOf(shape, parameters));
    return this.addStatement(this.access.of(shape, parameters));
  }

  private begun(): AccessSet {
    return this.history.readsStart ? TIMES : NOTHING;
  }

  /** SET TRANSACTION does nothing outside a transaction, but a group of several statements is one. */
  private setLevel(level: string): void {
    const isCertain = this.isOpen && !this.isSettled;
    this.level = isCertain ? level : stricterLevel(this.level, level);
  }

  private addStatement(touched: AccessSet): AccessSet {
    const isSerializable = this.level === SERIALIZABLE;
    const wide = isSerializable ? widen(touched) : touched;
    const remembered = isSerializable ? serializable('write') : NOTHING;
    if (!this.isOpen) return unite(wide, remembered);
    if (mayReadStart(touched) && !this.isSplit) this.history.readsStart = true;
    // the clock and sequences know no transactions
    this.touched = unite(
      this.touched,
      pick(wide, (resource) => !/^(times|sequences):/.test(resource)),
    );
    // above READ COMMITTED the first statement fixes what all of them see
    const takesSnapshot = this.isFresh && this.level !== READ_COMMITTED && this.level !== 'read uncommitted';
    this.isFresh = false;
    this.isSettled = true;
    // when its transaction began was fixed before, unless it has just begun
    const now = this.isSplit ? wide : pick(wide, (resource) => resource !== TRANSACTION_TIME);
    return unite(now, takesSnapshot ? EVERYTHING_READ : NOTHING, remembered);
  }

  private end(kind: SqlShape['kind']): AccessSet {
    if (!this.isOpen) return NOTHING;
    // a constraint that is deferred reads again
    const seen = this.access.defersChecks
      ? this.touched
      : pick(this.touched, (_, access) => access !== 'read');
    const ended = unite(seen, this.locked, this.level === SERIALIZABLE ? serializable('write') : NOTHING);
    if (kind === 'rollback to savepoint') return ended;
    this.isOpen = false;
    this.touched = NOTHING;
    this.locked = NOTHING;
    this.level = this.sessionLevel;
    return ended;
  }
}
