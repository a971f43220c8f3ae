import type { SentRedis, SentSql } from '../backends/in-process/actor';
import { addAccess, EVERYTHING_READ, NOTHING, serializable, TIMES, unite, widen } from '../search/access-set';
import type { Access, AccessSet } from '../search/access-set';
import { accessOfCommand, accessOfSql, readsClock } from './sent-access';
import type { Names } from './sent-access';
import { readSql } from './sql-shape';
import type { SqlShape } from './sql-shape';

/** What all attempts of a schedule have done so far. */
export interface AccessHistory {
  /** Whether a transaction at SERIALIZABLE has committed. */
  hasCommitted: boolean;
  /** Whether a transaction has read the server's clock: that tells when it began. */
  readsTimes: boolean;
}

/**
 * Follows what one attempt touches, move by move. A commit or rollback touches everything that its transaction has
 * written, because only then do others see the writes or get the locks.
 */
export class TransitionAccess {
  /** Open transactions, including statements on their own; usually one. */
  private open = 0;
  private level = 'read committed';
  private touched: AccessSet = NOTHING;
  private isFresh = false;
  /** Keys that the next EXEC depends on. */
  private watched: AccessSet = NOTHING;
  /** What the attempt has sent in its step, which takes effect when it gets the lock that it waits for. */
  private ofStep: AccessSet = NOTHING;
  /** Whether the attempt has run a transaction at SERIALIZABLE. */
  isSerializable = false;

  constructor(
    private readonly names: Names,
    /** Shared by all attempts of a schedule. */
    private readonly history: AccessHistory,
    /** Whether the start of a transaction counts. */
    private readonly comparesTimes: boolean,
  ) {}

  /** The attempt takes a step, or goes on with one. */
  begin(): void {
    this.ofStep = NOTHING;
  }

  /** What was sent since the last call, and what had waited until now. */
  take(sql: readonly SentSql[], redis: readonly SentRedis[]): AccessSet {
    const hasWaited = sql.some((statement) => statement.hasWaited);
    const statements = sql.map(({ text, values, hasWaited: isOld }) =>
      isOld ? NOTHING : unite(...readSql(text).map((shape) => this.add(shape, values))),
    );
    const commands = redis.map((sent) => this.addCommand(sent));
    const before = hasWaited ? this.ofStep : NOTHING;
    const sent = unite(...statements, ...commands);
    this.ofStep = unite(this.ofStep, sent);
    return unite(before, sent);
  }

  private addCommand(sent: SentRedis): AccessSet {
    const { command } = sent;
    const touched = accessOfCommand(sent, this.names);
    if (command.toLowerCase() === 'watch') this.watched = unite(this.watched, touched);
    if (!command.startsWith('multi')) return touched;
    const all = unite(touched, this.watched);
    this.watched = NOTHING;
    return all;
  }

  private add(shape: SqlShape, values: readonly unknown[]): AccessSet {
    const { kind, level } = shape;
    if (level !== undefined) this.setLevel(level);
    if (kind === 'begin') {
      this.open += 1;
      this.isFresh = true;
      return this.comparesTimes ? TIMES : NOTHING;
    }
    if (kind === 'commit' || kind === 'rollback' || kind === 'rollback to savepoint') return this.end(kind);
    if (kind === 'savepoint' || kind === 'setting') return NOTHING;
    if (this.open > 0 && readsClock(shape)) this.history.readsTimes = true;
    return this.addStatement(accessOfSql(shape, values, this.names));
  }

  private setLevel(level: string): void {
    this.level = level;
    if (level === 'serializable') this.isSerializable = true;
  }

  private addStatement(touched: AccessSet): AccessSet {
    if (this.open === 0) return touched;
    const isSerializable = this.level === 'serializable';
    const wide = isSerializable ? widen(touched) : touched;
    this.touched = unite(this.touched, wide);
    // above READ COMMITTED the first statement fixes what all of them see
    const takesSnapshot = this.isFresh && this.level !== 'read committed';
    this.isFresh = false;
    const remembered = isSerializable ? serializable(this.history.hasCommitted ? 'write' : 'read') : NOTHING;
    return unite(wide, takesSnapshot ? EVERYTHING_READ : NOTHING, remembered);
  }

  private end(kind: SqlShape['kind']): AccessSet {
    if (this.open === 0) return NOTHING;
    const isSerializable = this.level === 'serializable';
    const ended = unite(writesOf(this.touched), isSerializable ? serializable('write') : NOTHING);
    if (kind === 'rollback to savepoint') return ended;
    if (isSerializable) this.history.hasCommitted = true;
    this.open -= 1;
    if (this.open === 0) {
      this.touched = NOTHING;
      this.level = 'read committed';
    }
    return ended;
  }
}

function writesOf(accessSet: AccessSet): AccessSet {
  const writes = new Map<string, Access>();
  for (const [resource, access] of accessSet) if (access !== 'read') addAccess(writes, resource, access);
  return writes;
}
