import type { Connection } from './connection';
import type { Group } from './group';

/** What a proxy tells its owner. Hooks are called synchronously and must not throw. */
export interface WireHooks {
  /** A client has logged in. */
  opened?: (connection: Connection) => void;
  /** Either side has ended the connection. Groups that were not delivered are void. */
  closed?: (connection: Connection) => void;
  /** A group waits for `release()` or `fail()`. Only while the proxy holds. */
  held?: (group: Group) => void;
  /** The reply waits for `deliver()`, or for `commit()` first (`group.isCommitPending`). */
  replied?: (group: Group) => void;
  /**
   * SQL that a client prepares or sends while the proxy does not hold; `undefined` for a text that is longer than what is
   * read of one.
   */
  seen?: (connection: Connection, sql: string | undefined) => void;
  /** A group that can change nothing goes to the server, and its reply will go to the client. Only while holding. */
  passed?: (group: Group) => void;
}

/** What a connection has of its proxy. */
export interface ConnectionContext {
  readonly hooks: WireHooks;
  readonly isHolding: () => boolean;
  /** How many bytes of one group, and of one reply, are kept. */
  readonly limitBytes: number;
  readonly closed: (connection: Connection) => void;
}
