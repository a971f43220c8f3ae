import type { RedisCommand } from './command';
import { decodeResp, type RespValue } from './resp-value';
import { isSubscription, type Session } from './session';

const PUSH = 0x3e;
/** An array is shortened by its beginning only now and then. */
const MOST_GAPS = 1_024;

/** What becomes of a reply. `swallow`: the proxy sent the command, and the client knows nothing of it. */
type Fate = 'hold' | 'pass' | 'swallow';

/** A command that was sent and has no whole reply yet. Nothing is known of one that only passes. */
interface Sent {
  readonly command: RedisCommand | undefined;
  readonly fate: Fate;
  /** Of a subscription: how many confirmations are still to come, from the first one on. */
  unconfirmed?: number;
}

const PASSING: Sent = { command: undefined, fate: 'pass' };
const SWALLOWED: Sent = { command: undefined, fate: 'swallow' };

/** The commands that a server has not replied to, in their order, and which reply belongs to which. */
export class InFlight {
  #sent: Sent[] = [];
  #first = 0;
  /** How many replies do not simply pass. */
  #kept = 0;

  constructor(private readonly session: Session) {}

  get length(): number {
    return this.#sent.length - this.#first;
  }

  get passesAll(): boolean {
    return this.#kept === 0;
  }

  add(command: RedisCommand | undefined, fate: Fate): void {
    if (fate !== 'pass') this.#kept += 1;
    if (command) this.#sent.push({ command, fate });
    else this.#sent.push(fate === 'swallow' ? SWALLOWED : PASSING);
  }

  /** What becomes of the frame that begins with this byte. A push is no reply, and passes. */
  fateOf(first: number): Fate {
    return first === PUSH ? 'pass' : (this.#sent[this.#first]?.fate ?? 'pass');
  }

  /** The next command, whose reply was kept. */
  take(): RedisCommand | undefined {
    const sent = this.#sent[this.#first];
    if (!sent) return undefined;
    if (sent.fate !== 'pass') this.#kept -= 1;
    this.#first += 1;
    if (this.#first === this.#sent.length || this.#first > MOST_GAPS) {
      this.#sent = this.#sent.slice(this.#first);
      this.#first = 0;
    }
    return sent.command;
  }

  /**
   * Takes in a frame that has passed.
   *
   * @returns the command whose reply is complete by it, if that is known
   */
  match(buffer: Buffer, start: number, end: number, isWhole: boolean): RedisCommand | undefined {
    const sent = this.#sent[this.#first];
    const isPush = buffer[start] === PUSH;
    const isSubscribing = sent?.command !== undefined && isSubscription(sent.command);
    if (isPush && !isSubscribing) return undefined;
    if (isSubscribing || this.session.isStreaming) {
      const value = isWhole ? decodeResp(buffer.subarray(start, end)) : null;
      if (this.session.isMessage(value)) return undefined;
      if (sent && isSubscribing && !this.#isConfirmed(sent, value, isPush)) return undefined;
    }
    return this.take();
  }

  /** Whether a subscription is complete by this: all channels are confirmed, or it was refused. */
  #isConfirmed(sent: Sent, value: RespValue, isPush: boolean): boolean {
    if (sent.command) sent.unconfirmed ??= this.session.confirmations(sent.command);
    if (!this.session.confirm(value)) return !isPush;
    sent.unconfirmed = (sent.unconfirmed ?? 1) - 1;
    return sent.unconfirmed <= 0;
  }
}
