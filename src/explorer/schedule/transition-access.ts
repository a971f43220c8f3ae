import type { SentRedis, SentSql } from '../backends/in-process/actor';
import { addAccess, EVERYTHING_READ, NOTHING, serializable, unite, widen } from '../search/access-set';
import type { Access, AccessSet } from '../search/access-set';
import { accessOfCommand, accessOfSql } from './sent-access';
import type { Names } from './sent-access';

/** What all attempts of a schedule have done so far. */
export interface AccessHistory {
  /** Whether a transaction at SERIALIZABLE has committed. */
  hasCommitted: boolean;
}

/**
 * Follows what one attempt touches, move by move. A commit or rollback touches everything that its transaction has
 * written, because only then do others see the writes or get the locks.
 */
export class TransitionAccess {
  /** Open transactions, including statements on their own; usually one. */
  private open = 0;
  private level = 'READ COMMITTED';
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
  ) {}

  /** The attempt takes a step, or goes on with one. */
  begin(): void {
    this.ofStep = NOTHING;
  }

  /** What was sent since the last call, and what had waited until now. */
  take(sql: readonly SentSql[], redis: readonly SentRedis[]): AccessSet {
    const hasWaited = sql.some((statement) => statement.hasWaited);
    const statements = sql.map(({ text, values, hasWaited: isOld }) =>
      isOld ? NOTHING : this.add(text, values),
    );
    const commands = redis.map(({ command, args }) => this.addCommand(command, args));
    const before = hasWaited ? this.ofStep : NOTHING;
    const sent = unite(...statements, ...commands);
    this.ofStep = unite(this.ofStep, sent);
    return unite(before, sent);
  }

  private addCommand(command: string, args: readonly string[]): AccessSet {
    const touched = accessOfCommand(command, args, this.names);
    if (command.toLowerCase() === 'watch') this.watched = unite(this.watched, touched);
    if (!command.startsWith('multi')) return touched;
    const all = unite(touched, this.watched);
    this.watched = NOTHING;
    return all;
  }

  private add(text: string, values: readonly unknown[]): AccessSet {
    if (/^\s*(begin|start transaction)\b/i.test(text)) {
      this.open += 1;
      this.isFresh = true;
      return NOTHING;
    }
    const level = /^\s*set transaction isolation level (.+)$/i.exec(text)?.[1];
    if (level !== undefined) {
      this.level = level.trim().toUpperCase();
      if (this.level === 'SERIALIZABLE') this.isSerializable = true;
      return NOTHING;
    }
    if (/^\s*(commit|rollback)\b/i.test(text)) return this.end(text);
    const touched = accessOfSql(text, values, this.names);
    return this.addStatement(touched);
  }

  private addStatement(touched: AccessSet): AccessSet {
    if (this.open === 0 || touched === NOTHING) return touched;
    const isSerializable = this.level === 'SERIALIZABLE';
    const wide = isSerializable ? widen(touched) : touched;
    this.touched = unite(this.touched, wide);
    // above READ COMMITTED the first statement fixes what all of them see
    const takesSnapshot = this.isFresh && this.level !== 'READ COMMITTED';
    this.isFresh = false;
    const remembered = isSerializable ? serializable(this.history.hasCommitted ? 'write' : 'read') : NOTHING;
    return unite(wide, takesSnapshot ? EVERYTHING_READ : NOTHING, remembered);
  }

  private end(text: string): AccessSet {
    if (this.open === 0) return NOTHING;
    const isSerializable = this.level === 'SERIALIZABLE';
    const ended = unite(writesOf(this.touched), isSerializable ? serializable('write') : NOTHING);
    if (/^\s*rollback to\b/i.test(text)) return ended;
    if (isSerializable) this.history.hasCommitted = true;
    this.open -= 1;
    if (this.open === 0) {
      this.touched = NOTHING;
      this.level = 'READ COMMITTED';
    }
    return ended;
  }
}

function writesOf(accessSet: AccessSet): AccessSet {
  const writes = new Map<string, Access>();
  for (const [resource, access] of accessSet) if (access !== 'read') addAccess(writes, resource, access);
  return writes;
}
