import type { CommandTraits } from './command-table';
import type { Connection } from './connection';
import { printCommand, printReply } from './printable';
import { decodeResp, RespError, type RespValue } from './resp-value';

/**
 * Where a command is. `queued` waits for the one before it on its connection; `held` waits for `release`, `released`
 * for the server, `replied` for `deliver`. `void`: its connection closed before that.
 */
export type CommandState = 'queued' | 'held' | 'released' | 'replied' | 'delivered' | 'void';

/** What the server returned, as bytes and decoded on demand. */
export class RedisReply {
  /** @param isWhole false if it was longer than the proxy keeps: then there is no value */
  constructor(
    readonly bytes: Buffer,
    readonly isWhole: boolean,
  ) {}

  get value(): RespValue | undefined {
    return this.isWhole ? decodeResp(this.bytes) : undefined;
  }

  get isError(): boolean {
    return this.value instanceof RespError;
  }

  /** In one line, shortened. */
  get text(): string {
    const { value } = this;
    return value === undefined ? `(more than ${this.bytes.length} bytes)` : printReply(value);
  }
}

/** Milliseconds of `performance.now()`. */
export interface CommandTimes {
  readonly received: number;
  held?: number;
  released?: number;
  replied?: number;
  delivered?: number;
}

/** What the connection of a command does when its owner decides. */
export interface CommandMoves {
  release(command: RedisCommand): void;
  fail(command: RedisCommand, message: string): void;
  deliver(command: RedisCommand): void;
  describe(command: RedisCommand): CommandTraits;
}

/** A command that a client sent, from its arrival to the delivery of its reply. */
export class RedisCommand {
  /** In upper case, without a subcommand. */
  readonly name: string;
  readonly times: CommandTimes = { received: performance.now() };
  state: CommandState = 'queued';
  /** The database that it runs in. */
  db = 0;
  /** The commands that EXEC runs, in their order; they have been sent before it. */
  block: readonly RedisCommand[] = [];
  /** Keys under WATCH when it was held. */
  watched: readonly Buffer[] = [];
  /** The text of a script, if the proxy has seen it. */
  script: string | undefined;
  /** None before the server has replied, and where no reply comes (CLIENT REPLY OFF). */
  reply: RedisReply | undefined;
  readonly #moves: CommandMoves;
  #traits: CommandTraits | undefined;

  /**
   * @param bytes as the client sent them
   * @param isWhole false if the command is longer than the proxy keeps: then `words` lacks the end
   * @param words name and arguments
   */
  constructor(
    readonly connection: Connection,
    readonly bytes: Buffer,
    readonly isWhole: boolean,
    readonly words: readonly Buffer[],
    moves: CommandMoves,
  ) {
    this.name = words[0]?.toString('latin1').toUpperCase() ?? '';
    this.#moves = moves;
  }

  get arguments(): readonly Buffer[] {
    return this.words.slice(1);
  }

  /** In one line, shortened, without passwords. */
  get text(): string {
    return printCommand(this.words);
  }

  /** For EXEC, those of all commands that it runs, and the keys under WATCH as read. */
  get traits(): CommandTraits {
    return (this.#traits ??= this.#moves.describe(this));
  }

  /** Sends a held command to the server. This and the other two do nothing once the command is void. */
  release(): void {
    if (this.#is('held')) this.#moves.release(this);
  }

  /**
   * Returns an error to the client, such as `LOADING Redis is loading`, in place of sending a held command. A
   * transaction whose EXEC fails is discarded, as Redis does.
   */
  fail(message: string): void {
    if (this.#is('held')) this.#moves.fail(this, message);
  }

  /** Gives the client the reply of a command that has `replied`. */
  deliver(): void {
    if (this.#is('replied')) this.#moves.deliver(this);
  }

  /** @throws Error if the command is elsewhere, which is its owner's mistake */
  #is(state: CommandState): boolean {
    if (this.state === 'void') return false;
    if (this.state !== state) throw new Error(`the command is not ${state} but ${this.state}`);
    return true;
  }
}
