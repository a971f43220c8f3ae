import type { PrismaClient } from '@/generated/prisma/client';

/** A statement or command on its way. */
export interface Call {
  text: string;
  values: readonly unknown[];
}

export interface Answered {
  /** Column names; empty for what has no rows. */
  columns: string[];
  /** Rows as lists of values. */
  rows: unknown[][];
  rowCount: number | null;
}

/** Hears what an attempt's connections do, and may hold it up. Everything that an attempt sends passes here. */
export interface ConnectionHooks {
  /** Before anything is sent that does not belong to an open transaction. Rejects once the attempt is dead. */
  admit: () => Promise<void>;
  /** It asks for a connection, which may have to be opened first; call what this answers when that is over. */
  connecting: () => () => void;
  /** A statement is sent; call what this answers when the server has. */
  sent: (call: Call) => (answer: Answered | Error) => void;
  /** Whether a statement outside a transaction shows two moves: the statement, and its commit. */
  isSplit: (text: string) => boolean;
  /** Between such a statement and its commit. */
  beforeCommit: () => Promise<void>;
  /** The server says that a statement has begun or stopped to wait for a lock. */
  waiting: (isWaiting: boolean) => void;
}

/** The PostgreSQL of one attempt: a client on connections that nobody else uses. Used for one schedule after another. */
export interface Session {
  readonly db: PrismaClient;
  /** Who hears of it from now on. */
  plug: (wire: ConnectionHooks) => void;
  /** Backends of the connections that are open. */
  pids: () => number[];
  /** Ends its connections, and resolves when they are gone at both ends; whoever needs one gets a new one. */
  kill: () => Promise<void>;
  close: () => Promise<void>;
}

/** Looks at the server from outside, over a connection of its own. */
export interface Monitor {
  /** Whether sessions are told by the server when they wait; if not, somebody has to ask. */
  readonly isTold: boolean;
  /** For each backend the ones that it waits for; none when it does not wait for a lock. */
  blockers: (pids: number[]) => Promise<Map<number, number[]>>;
  /** `18.1` or the like. */
  version: () => Promise<string>;
}

/** What the explorer works with, made outside the lab. */
export interface Explorable {
  monitor: Monitor;
  openSession: () => Promise<Session>;
}
