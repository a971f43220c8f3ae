import type { PrismaClient } from '@/generated/prisma/client';

/** A statement or command in flight. */
export interface Call {
  /** The connection of the attempt that it is sent on: a number of its own in the session. */
  connection: number;
  text: string;
  values: readonly unknown[];
}

export interface Answered {
  /** Column names; empty for a result without rows. */
  columns: string[];
  /** Rows as lists of values. */
  rows: unknown[][];
  rowCount: number | null;
}

/** Observes what an attempt's connections do, and may delay it. Everything that an attempt sends passes here. */
export interface ConnectionHooks {
  /** Called before a statement outside an open transaction is sent. Rejects once the attempt is dead. */
  admit: () => Promise<void>;
  /**
   * The attempt requests a connection, which may have to be opened first. The caller calls the returned function when
   * it has it.
   */
  connecting: () => () => void;
  /** A statement is about to be sent, once this resolves. Where it rejects, the connection's transaction is to end. */
  beforeSending: (connection: number, text: string) => Promise<void>;
  /** A statement is sent. The caller calls the returned function with the server's response. */
  sent: (call: Call) => (answer: Answered | Error) => void;
  /** Whether a statement outside a transaction takes two moves: the statement, and its commit. */
  isSplit: (text: string) => boolean;
  /** The server reports that a statement has begun or stopped waiting for a lock. */
  waiting: (isWaiting: boolean) => void;
}

/** The PostgreSQL of one attempt: a client on connections of its own. Used for one schedule after another. */
export interface Session {
  readonly db: PrismaClient;
  /** Sets the hooks that are called from now on. */
  plug: (wire: ConnectionHooks) => void;
  /** Why a connection ended, or could not be opened, that this side did not close; undefined: none did. */
  lost: () => Error | undefined;
  /** Backend process ids of the open connections. */
  pids: () => number[];
  /** Closes the session's connections, and resolves when both ends are closed. The next statement opens a new one. */
  kill: () => Promise<void>;
  close: () => Promise<void>;
}

/** Observes the server over a connection of its own. */
export interface Monitor {
  /** Whether the server notifies sessions when they wait; if not, the explorer has to poll. */
  readonly isTold: boolean;
  /** For each backend the ones that block it; empty when it does not wait for a lock. */
  blockers: (pids: number[]) => Promise<Map<number, number[]>>;
  /** `18.1` or the like. */
  version: () => Promise<string>;
}

/** What the explorer works with, created outside the lab. */
export interface Explorable {
  monitor: Monitor;
  openSession: () => Promise<Session>;
}
