import type { RedisCommand } from './command';
import { RespError, RespPush, textOf, type RespValue } from './resp-value';

/** A transaction with more commands than this is not listed. */
const MOST_QUEUED = 10_000;
const SUBSCRIPTION = /^([ps]?)(un)?subscribe$/i;
const MESSAGE = /^[ps]?message$/;
/** What MONITOR sends: the time, database and address, the command. */
const MONITORED = /^\d+\.\d+ \[/;

/** Commands that change what the server keeps of a connection. */
const STATEFUL = new Set(
  (
    'HELLO SELECT CLIENT MULTI EXEC DISCARD WATCH UNWATCH RESET QUIT MONITOR PSYNC SYNC SCRIPT EVAL ' +
    'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE'
  ).split(' '),
);
const NOT_QUEUED = new Set(['EXEC', 'DISCARD', 'MULTI', 'WATCH', 'QUIT', 'RESET']);

/** SUBSCRIBE, UNSUBSCRIBE and their kind: what they return is a confirmation for each channel. */
export function isSubscription(command: RedisCommand): boolean {
  return SUBSCRIPTION.test(command.name);
}

/** What the server keeps of one connection, followed by commands and replies. */
export class Session {
  db = 0;
  protocol: 2 | 3 = 2;
  name = '';
  isInMulti = false;
  isMonitoring = false;
  /** Keys under WATCH, by their text. */
  readonly watched = new Map<string, Buffer>();
  /** Commands that the server has queued since MULTI. */
  queued: RedisCommand[] = [];
  readonly #subscribed = new Set<string>();
  #replies: 'on' | 'off' | 'skip' = 'on';
  /** Whether MULTI was sent, and its end was not. */
  #hasSentMulti = false;

  get subscriptions(): number {
    return this.#subscribed.size;
  }

  /** Whether the server may send messages that are not marked as such: RESP2 with channels, MONITOR. */
  get isStreaming(): boolean {
    return this.isMonitoring || (this.protocol === 2 && this.#subscribed.size > 0);
  }

  /** Whether a command of this name has to be remembered until its reply comes. */
  tracks(name: string): boolean {
    return this.#hasSentMulti || STATEFUL.has(name);
  }

  /** Whether the server will only queue a command of this name if it is sent now. */
  willQueue(name: string): boolean {
    return this.isInMulti && this.#hasSentMulti && !NOT_QUEUED.has(name);
  }

  /** To be called when a command goes to the server. @returns whether a reply will come */
  sends(command: RedisCommand | undefined): boolean {
    const name = command?.name;
    if (name === 'RESET') this.#replies = 'on';
    if (name === 'MULTI') this.#hasSentMulti = true;
    else if (name === 'EXEC' || name === 'DISCARD' || name === 'RESET') this.#hasSentMulti = false;
    const mode = name === 'CLIENT' && command ? replyMode(command) : undefined;
    if (mode === 'ON') this.#replies = 'on';
    else if (mode === 'OFF') this.#replies = 'off';
    else if (mode === 'SKIP' && this.#replies !== 'off') {
      this.#replies = 'skip';
      return false;
    }
    const now = this.#replies;
    if (now === 'skip') this.#replies = 'on';
    // confirmations come all the same
    return now === 'on' || (command !== undefined && isSubscription(command));
  }

  /** How many confirmations the server sends for a subscription that it has not begun to confirm. */
  confirmations(command: RedisCommand): number {
    const [, kind = '', un] = SUBSCRIPTION.exec(command.name) ?? [];
    if (!un || command.words.length > 1) return command.words.length - 1;
    const prefix = `${kind.toLowerCase()}:`;
    return Math.max(1, [...this.#subscribed].filter((channel) => channel.startsWith(prefix)).length);
  }

  /** Whether a message belongs to no command in flight, although RESP2 does not mark it. */
  isMessage(value: RespValue): boolean {
    if (this.isMonitoring && typeof value === 'string') return MONITORED.test(value);
    return this.protocol === 2 && this.#subscribed.size > 0 && MESSAGE.test(kindOf(value));
  }

  /** Takes in a confirmation. @returns whether it is one */
  confirm(value: RespValue): boolean {
    const match = SUBSCRIPTION.exec(kindOf(value));
    if (!match) return false;
    const [, kind = '', un] = match;
    const channel = `${kind}:${textOf(itemsOf(value)[1])}`;
    if (un) this.#subscribed.delete(channel);
    else this.#subscribed.add(channel);
    return true;
  }

  /** Takes in what the server returned for a command, except confirmations. */
  apply(command: RedisCommand, value: RespValue | undefined): void {
    if (this.isInMulti && !NOT_QUEUED.has(command.name)) {
      if (value === 'QUEUED' && this.queued.length < MOST_QUEUED) this.queued.push(command);
      return;
    }
    if (command.name === 'EXEC' && this.isInMulti) return this.#execute(value);
    if (!(value instanceof RespError)) this.#succeed(command);
  }

  #execute(value: RespValue | undefined): void {
    const ran = this.queued;
    this.#endMulti();
    if (!Array.isArray(value) || value.length !== ran.length) return;
    for (const [i, command] of ran.entries()) this.apply(command, value[i]);
  }

  #succeed(command: RedisCommand): void {
    const words = command.words.map(textOf);
    switch (command.name) {
      case 'HELLO':
        if (words[1] === '2' || words[1] === '3') this.protocol = words[1] === '3' ? 3 : 2;
        this.name = wordAfter(words, 'SETNAME') ?? this.name;
        break;
      case 'SELECT':
        this.db = Number(words[1]);
        break;
      case 'CLIENT':
        if (words[1]?.toUpperCase() === 'SETNAME') this.name = words[2] ?? '';
        break;
      case 'MULTI':
        this.isInMulti = true;
        break;
      case 'DISCARD':
        this.#endMulti();
        break;
      case 'WATCH':
        for (const key of command.arguments) this.watched.set(textOf(key), key);
        break;
      case 'UNWATCH':
        this.watched.clear();
        break;
      case 'MONITOR':
        this.isMonitoring = true;
        break;
      case 'RESET':
        this.#reset();
        break;
    }
  }

  #endMulti(): void {
    this.isInMulti = false;
    this.queued = [];
    this.watched.clear();
  }

  #reset(): void {
    this.#endMulti();
    this.db = 0;
    this.protocol = 2;
    this.name = '';
    this.isMonitoring = false;
    this.#subscribed.clear();
  }
}

function replyMode(command: RedisCommand): string | undefined {
  const [, subcommand, mode] = command.words.map((word) => textOf(word).toUpperCase());
  return subcommand === 'REPLY' && command.words.length === 3 ? mode : undefined;
}

function wordAfter(words: readonly string[], option: string): string | undefined {
  const at = words.findIndex((word) => word.toUpperCase() === option);
  return at === -1 ? undefined : words[at + 1];
}

function itemsOf(value: RespValue): readonly RespValue[] {
  if (value instanceof RespPush) return value.items;
  return Array.isArray(value) ? value : [];
}

function kindOf(value: RespValue): string {
  return textOf(itemsOf(value)[0]);
}
