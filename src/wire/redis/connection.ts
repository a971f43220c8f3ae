import type { Socket } from 'node:net';
import { RedisCommand, RedisReply, type CommandMoves } from './command';
import { describeExec, type CommandTable } from './command-table';
import { FrameRelay } from './frame-relay';
import { InFlight } from './in-flight';
import { decodeRequest, nameOfRequest } from './resp-value';
import type { ScriptTexts } from './script-texts';
import { isSubscription, Session } from './session';

/** Of commands that wait for the one before them, this much is read ahead of a client. */
const READ_AHEAD_BYTES = 1024 * 1024;
const DISCARD = Buffer.from('*1\r\n$7\r\nDISCARD\r\n');
/** What a replica sends. */
const OPAQUE = new Set(['SYNC', 'PSYNC']);

/** What a proxy tells its owner. Hooks are called synchronously, and may act at once. */
export interface WireHooks {
  opened?: (connection: Connection) => void;
  /** Both sides are closed. Commands that were not delivered are void. */
  closed?: (connection: Connection) => void;
  /** A command waits for `release()` or `fail()`. Only while the proxy holds. */
  held?: (command: RedisCommand) => void;
  /** The server has replied, or no reply comes. The command waits for `deliver()`, and the connection's next one for it. */
  replied?: (command: RedisCommand) => void;
  /** A command inside MULTI was queued by the server, or refused: both passed. EXEC is held. Only while holding. */
  passed?: (command: RedisCommand) => void;
}

/** What a connection has of its proxy. */
export interface ConnectionContext {
  readonly hooks: WireHooks;
  readonly isHolding: () => boolean;
  readonly table: CommandTable;
  readonly scripts: ScriptTexts;
  /** How many bytes of one command, and of one reply, are kept. */
  readonly limitBytes: number;
  readonly closed: (connection: Connection) => void;
}

/** A client of the proxy, with its own connection to the server. */
export class Connection {
  /** What the server keeps of it: database, protocol, name, transaction, subscriptions. */
  readonly session = new Session();
  readonly #requests: FrameRelay;
  readonly #replies: FrameRelay;
  readonly #queue: RedisCommand[] = [];
  #queuedBytes = 0;
  /** The one command that is held, runs, or whose reply is held. */
  #current: RedisCommand | undefined;
  readonly #inFlight = new InFlight(this.session);
  /** Changes only while nothing is under way. */
  #isHolding = false;
  /** The reply of the current command, unless it has passed. */
  #undelivered: Buffer | undefined;
  readonly #moves: CommandMoves = {
    release: (command) => this.#release(command),
    fail: (command, message) => this.#fail(command, message),
    deliver: (command) => this.#deliver(command),
    describe: ({ name, words, block, watched }) =>
      name === 'EXEC' ? describeExec(block, watched) : this.context.table(words),
  };
  #isPumping = false;
  #isServerGone = false;
  #isClosed = false;

  constructor(
    readonly id: number,
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly context: ConnectionContext,
  ) {
    this.#requests = new FrameRelay('requests', client, server, context.limitBytes, {
      passesAll: () => !this.#chooseMode(),
      keeps: () => this.#isHolding,
      passed: (...frame) => this.#requestPassed(...frame),
      kept: (bytes, isWhole) => this.#requestKept(bytes, isWhole),
      restPassed: () => undefined,
    });
    this.#replies = new FrameRelay('replies', server, client, context.limitBytes, {
      passesAll: () => this.#inFlight.passesAll,
      keeps: (first) => this.#inFlight.fateOf(first) !== 'pass',
      passed: (...frame) => this.#replyPassed(...frame),
      kept: (bytes, isWhole) => this.#replyKept(bytes, isWhole),
      restPassed: () => this.#finish(),
    });
    client.on('end', () => this.#clientEnded());
    server.on('end', () => this.#serverLeft());
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.on('close', () => this.destroy());
    server.on('close', () => this.#serverLeft());
  }

  /** Whether both sides are connected. */
  get isUp(): boolean {
    return !this.#isClosed && !this.#isServerGone;
  }

  get current(): RedisCommand | undefined {
    return this.#current;
  }

  /** Whether a command is held or queued, or the server owes a reply. */
  get isBusy(): boolean {
    return this.#current !== undefined || this.#queue.length > 0 || this.#inFlight.length > 0;
  }

  /** Breaks both sides at once. What was not delivered is lost. */
  destroy(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const command of this.#queue.splice(0)) command.state = 'void';
    if (this.#current) this.#current.state = 'void';
    this.client.destroy();
    this.server.destroy();
    this.context.closed(this);
    this.context.hooks.closed?.(this);
  }

  /** Goes over to holding or to passing, as its proxy, unless something is under way. @returns whether it holds */
  #chooseMode(): boolean {
    const isQuiet = !this.isBusy && this.#requests.isBetweenFrames && this.#replies.isBetweenFrames;
    if (isQuiet) this.#isHolding = this.context.isHolding();
    return this.#isHolding;
  }

  // From the client to the server.

  #requestPassed(buffer: Buffer, start: number, end: number, isWhole: boolean): void {
    const name = nameOfRequest(buffer, start, end);
    if (name === undefined) return;
    if (this.session.tracks(name)) {
      const command = this.#toCommand(Buffer.from(buffer.subarray(start, end)), isWhole);
      this.#sent(command, 'pass');
    } else if (this.session.sends(undefined)) this.#inFlight.add(undefined, 'pass');
  }

  #requestKept(bytes: Buffer, isWhole: boolean): void {
    // an empty line, or an array of nothing: Redis returns nothing
    if (nameOfRequest(bytes, 0, bytes.length) === undefined) return;
    const command = this.#toCommand(bytes, isWhole);
    this.#queue.push(command);
    this.#queuedBytes += bytes.length;
    this.#pump();
  }

  #toCommand(bytes: Buffer, isWhole: boolean): RedisCommand {
    const command = new RedisCommand(this, bytes, isWhole, decodeRequest(bytes), this.#moves);
    command.script = this.context.scripts.textFor(command);
    return command;
  }

  /** Holds the next command if it is its turn, and sends those that need not be held. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#mayProceed(this.#queue[0])) {
      const command = this.#queue.shift();
      if (!command) break;
      this.#queuedBytes -= command.bytes.length;
      command.db = this.session.db;
      if (this.session.willQueue(command.name)) this.#send(command, 'pass');
      else this.#hold(command);
    }
    this.#isPumping = false;
    if (this.#queuedBytes > READ_AHEAD_BYTES) this.#requests.pause('ahead');
    else this.#requests.resume('ahead');
  }

  /** Whether all that a command depends on is over. */
  #mayProceed(next: RedisCommand | undefined): boolean {
    if (next === undefined || this.#current !== undefined || this.#isClosed) return false;
    return this.#inFlight.length === 0 || this.session.willQueue(next.name);
  }

  #hold(command: RedisCommand): void {
    this.#current = command;
    command.state = 'held';
    command.times.held = performance.now();
    command.watched = [...this.session.watched.values()];
    if (command.name === 'EXEC') command.block = [...this.session.queued];
    this.context.hooks.held?.(command);
  }

  #release(command: RedisCommand): void {
    // Confirmations and messages keep their order only if none of them waits.
    const streams = isSubscription(command) || command.name === 'MONITOR' || this.session.isStreaming;
    this.#send(command, streams ? 'pass' : 'hold');
  }

  #send(command: RedisCommand, reply: 'hold' | 'pass'): void {
    this.#requests.write(command.bytes);
    this.#requests.passRest();
    this.#sent(command, reply);
  }

  #sent(command: RedisCommand, reply: 'hold' | 'pass'): void {
    command.state = 'released';
    command.times.released = performance.now();
    if (OPAQUE.has(command.name)) return this.#becomeOpaque();
    if (this.session.sends(command)) {
      this.#inFlight.add(command, reply);
    } else if (command === this.#current) this.#replied(command);
  }

  #fail(command: RedisCommand, message: string): void {
    // the rest of a command that is too long to be kept would be read as the next one
    if (!command.isWhole) return this.destroy();
    command.times.replied = performance.now();
    if (this.session.sends(undefined)) {
      command.reply = new RedisReply(Buffer.from(`-${message.replaceAll(/[\r\n]+/g, ' ')}\r\n`), true);
      this.#undelivered = command.reply.bytes;
    }
    if (command.name === 'EXEC') {
      const discard = this.#toCommand(DISCARD, true);
      this.#requests.write(DISCARD);
      this.session.sends(discard);
      this.#inFlight.add(discard, 'swallow');
    }
    this.#deliver(command);
  }

  // From the server to the client.

  #replyPassed(buffer: Buffer, start: number, end: number, isWhole: boolean): void {
    const command = this.#inFlight.match(buffer, start, end, isWhole);
    if (command) this.#replied(command, new RedisReply(Buffer.from(buffer.subarray(start, end)), isWhole));
  }

  #replyKept(bytes: Buffer, isWhole: boolean): void {
    const command = this.#inFlight.take();
    if (!command) return;
    const reply = new RedisReply(bytes, isWhole);
    if (command === this.#current) {
      this.#undelivered = bytes;
      this.#replied(command, reply);
    } else {
      // the proxy's own DISCARD
      this.session.apply(command, reply.value);
      this.#pump();
    }
  }

  #replied(command: RedisCommand, reply?: RedisReply): void {
    command.reply = reply;
    command.state = 'replied';
    command.times.replied = performance.now();
    if (this.session.tracks(command.name) || this.session.isInMulti) {
      this.session.apply(command, reply?.value);
    }
    if (command === this.#current) {
      this.context.hooks.replied?.(command);
    } else {
      command.state = 'delivered';
      command.times.delivered = command.times.replied;
      if (this.#isHolding) this.context.hooks.passed?.(command);
      this.#pump();
    }
  }

  #deliver(command: RedisCommand): void {
    command.state = 'delivered';
    command.times.delivered = performance.now();
    if (this.#undelivered) this.#replies.write(this.#undelivered);
    this.#undelivered = undefined;
    if (!this.#replies.passRest()) this.#finish();
  }

  #finish(): void {
    this.#current = undefined;
    if (this.#isServerGone) this.client.destroySoon();
    else this.#pump();
  }

  // The end.

  /** The client may have gone, or only sends no more: a command that was released may still get its reply. */
  #clientEnded(): void {
    const state = this.#current?.state;
    if (state === 'held' || state === 'replied') return this.destroy();
    for (const command of this.#queue.splice(0)) command.state = 'void';
    this.server.end();
  }

  #serverLeft(): void {
    this.#isServerGone = true;
    if (this.#current?.state !== 'replied') this.client.destroySoon();
  }

  /** Replication follows, which is no RESP: nothing can be held any more. */
  #becomeOpaque(): void {
    for (const { bytes } of this.#queue.splice(0)) this.#requests.write(bytes);
    this.#requests.becomeOpaque();
    this.#replies.becomeOpaque();
    this.#current = undefined;
  }
}
