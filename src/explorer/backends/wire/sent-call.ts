import type { Group } from '@/wire/postgres/proxy';
import type { RedisCommand } from '@/wire/redis/proxy';
import type { AccessSet } from '@/explorer/search/access-set';

/** What a request sends at a time: a group of PostgreSQL's messages, or a command of Redis. */
export type Call = Group | RedisCommand;

/** A group or command that went to a server, and what came back. */
export interface SentCall {
  connection: number;
  /** None of a command. */
  statements: { sql: string; parameters: readonly (string | null)[] }[];
  /** The isolation level of transactions that set none. */
  level: string;
  /** Of a command of Redis. */
  command?: SentCommand;
  /** Absent while the server has not replied. */
  reply?: Group['reply'];
  /** Its commit is a move of its own. */
  isSplit?: true;
  /** The commit of a group that was split. */
  isCommit?: true;
  /** It was sent in an earlier move and had to wait until this one. */
  hasWaited?: true;
}

export interface SentCommand {
  text: string;
  db: number;
  accessSet: AccessSet;
  /** Absent while Redis has not replied. */
  reply?: { text: string; isError: boolean };
}
