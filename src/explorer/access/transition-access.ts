import type { SentRedis, SentSql } from '../backends/in-process/actor';
import { addAccess, EVERYTHING_READ, NOTHING, serializable, TIMES, unite, widen } from '../search/access-set';
import type { Access, AccessSet } from '../search/access-set';
import { accessOfCommand, accessOfSql, readsClock } from './sent-access';
import type { Names } from './sent-access';
import { READ_COMMITTED, SERIALIZABLE } from './sql-level';
import { readSql } from './sql-shape';
import type { SqlShape } from './sql-shape';

/** What all attempts of a schedule have done so far. */
export interface AccessHistory {
  /** Whether a transaction at SERIALIZABLE has committed. */
  hasCommitted: boolean;
  /** Whether a transaction has read the server's clock: that tells when it began. */
  readsTimes: boolean;
}

/** A connection of an attempt, as the server keeps it. */
interface ConnectionState {
  /** Whether a transaction is open, which may be of a statement on its own. */
  isOpen: boolean;
  level: string;
  /** What the transaction has touched. */
  touched: AccessSet;
  /** Whether no statement of the transaction has taken its snapshot yet. */
  isFresh: boolean;
}

/**
 * Follows what one attempt touches, move by move. A commit or rollback touches everything that its transaction has
 * written, because only then do others see the writes or get the locks. Each connection of the attempt has its own
 * transaction: a statement over another connection is no part of it.
 */
export class TransitionAccess {
  private readonly connections = new Map<number, ConnectionState>();
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
    const statements = sql.map(({ connection, text, values, hasWaited: isOld }) => {
      if (isOld) return NOTHING;
      const state = this.connection(connection);
      return unite(...readSql(text).map((shape) => this.add(state, shape, values)));
    });
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

  private connection(id: number): ConnectionState {
    const known = this.connections.get(id);
    if (known) return known;
    const state = { isOpen: false, level: READ_COMMITTED, touched: NOTHING, isFresh: false };
    this.connections.set(id, state);
    return state;
  }

  private add(state: ConnectionState, shape: SqlShape, values: readonly unknown[]): AccessSet {
    const { kind, level } = shape;
    if (level !== undefined) this.setLevel(state, level);
    if (kind === 'begin') {
      state.isOpen = true;
      state.isFresh = true;
      return this.comparesTimes ? TIMES : NOTHING;
    }
    if (kind === 'commit' || kind === 'rollback' || kind === 'rollback to savepoint')
      return this.end(state, kind);
    if (kind === 'savepoint' || kind === 'setting') return NOTHING;
    if (state.isOpen && readsClock(shape)) this.history.readsTimes = true;
    return this.addStatement(state, accessOfSql(shape, values, this.names));
  }

  private setLevel(state: ConnectionState, level: string): void {
    state.level = level;
    if (level === SERIALIZABLE) this.isSerializable = true;
  }

  private addStatement(state: ConnectionState, touched: AccessSet): AccessSet {
    if (!state.isOpen) return touched;
    const isSerializable = state.level === SERIALIZABLE;
    const wide = isSerializable ? widen(touched) : touched;
    state.touched = unite(state.touched, wide);
    // above READ COMMITTED the first statement fixes what all of them see
    const takesSnapshot = state.isFresh && state.level !== READ_COMMITTED;
    state.isFresh = false;
    const remembered = isSerializable ? serializable(this.history.hasCommitted ? 'write' : 'read') : NOTHING;
    return unite(wide, takesSnapshot ? EVERYTHING_READ : NOTHING, remembered);
  }

  private end(state: ConnectionState, kind: SqlShape['kind']): AccessSet {
    if (!state.isOpen) return NOTHING;
    const isSerializable = state.level === SERIALIZABLE;
    const ended = unite(writesOf(state.touched), isSerializable ? serializable('write') : NOTHING);
    if (kind === 'rollback to savepoint') return ended;
    if (isSerializable) this.history.hasCommitted = true;
    Object.assign(state, { isOpen: false, touched: NOTHING, level: READ_COMMITTED });
    return ended;
  }
}

function writesOf(accessSet: AccessSet): AccessSet {
  const writes = new Map<string, Access>();
  for (const [resource, access] of accessSet) if (access !== 'read') addAccess(writes, resource, access);
  return writes;
}
