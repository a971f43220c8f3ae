import { nowUs } from '@/lib/clock';
import type { Drops } from '@/model/race';
import { arrivalsOf } from '@/plan/arrivals';
import type { AttemptRunner } from '../attempt-runner';
import type { Client } from '../client/client';
import type { LaneLoad, OpenLoad } from '../lane-load';

interface Due {
  n: number;
  /** By `nowUs`. */
  dueUs: number;
}

/** Most purchases sent in one turn of the event loop, when the generator has fallen behind. */
const SENDS_AT_ONCE = 256;
/**
 * How long after the end of a load by time, what was due before it may still be sent, ms: a timer is late by one, a
 * busy generator by tens. A purchase that waits longer for a connection is dropped, or a slow target would keep the
 * load going for as long as its queue lasts.
 */
export const END_GRACE_MS = 50;

/**
 * Open model: purchases are due at the times of the schedule, however long the responses take. While every connection
 * is busy they wait, and their latency counts from when they were due, so a target that stalls is charged for every
 * purchase that it kept waiting. Purchases beyond the number that may wait, or left when the load is over, are dropped;
 * returns how many.
 */
export async function runOpen(runner: AttemptRunner, buyers: readonly Client[]): Promise<Drops> {
  const { open } = runner.load;
  if (!open) throw new Error('a load in the open model says when its attempts are due');
  return new OpenRun(runner, buyers, open).run();
}

class OpenRun {
  private readonly idle: IdleBuyers;
  private readonly waiting = new Queue<Due>();
  private readonly schedule: Iterator<Due, undefined>;
  private next: Due | undefined;
  private readonly drops: Drops = { crowded: 0, ended: 0, stopped: 0 };
  /** The load sends nothing from then on, by `nowUs`. */
  private readonly endUs: number;
  private inFlight = 0;
  private timer: NodeJS.Timeout | undefined;
  private ending: NodeJS.Timeout | undefined;
  private end: () => void = () => undefined;

  constructor(
    private readonly runner: AttemptRunner,
    buyers: readonly Client[],
    private readonly open: OpenLoad,
  ) {
    this.idle = new IdleBuyers(buyers, runner.load.urls.length);
    const { durationMs = Infinity } = runner.load;
    this.endUs = runner.epochUs + (durationMs + END_GRACE_MS) * 1_000;
    this.schedule = scheduleOf(runner.load, open, runner.epochUs);
    this.next = this.schedule.next().value;
  }

  run(): Promise<Drops> {
    return new Promise((resolve) => {
      this.end = () => {
        clearTimeout(this.ending);
        resolve(this.drops);
      };
      this.runner.onStop(() => this.giveUpSchedule('stopped'));
      const { durationMs } = this.runner.load;
      if (durationMs !== undefined)
        this.ending = setTimeout(() => this.giveUpSchedule('ended'), durationMs + END_GRACE_MS);
      this.pace();
    });
  }

  /** Sends what is due, and schedules itself for when the next purchase is. */
  private pace(): void {
    for (let sent = 0; this.next && this.next.dueUs <= nowUs(); sent += 1) {
      if (sent === SENDS_AT_ONCE) return void (this.timer = setTimeout(() => this.pace(), 0));
      if (this.isTooLate()) return this.giveUpSchedule('ended');
      this.arrive(this.next);
      this.next = this.schedule.next().value;
    }
    if (!this.next) return this.endIfDone();
    // rounded down, and never 0: a timer's precision is a millisecond, and spinning would cost a processor
    const ms = Math.max(1, Math.floor((this.next.dueUs - nowUs()) / 1_000));
    this.timer = setTimeout(() => this.pace(), ms);
  }

  private arrive(due: Due): void {
    const buyer = this.idle.pop();
    if (buyer) void this.send(buyer, due);
    else if (this.waiting.length < this.open.maxWaiting) this.waiting.push(due);
    else this.drops.crowded += 1;
  }

  private async send(buyer: Client, due: Due): Promise<void> {
    this.inFlight += 1;
    await this.runner.attempt(buyer, due.n, due.dueUs);
    this.inFlight -= 1;
    if (this.isTooLate()) this.giveUpSchedule('ended');
    const waited = this.waiting.shift();
    if (waited) void this.send(buyer, waited);
    else this.idle.push(buyer);
    this.endIfDone();
  }

  /** Counts as dropped every purchase that was due by now and is not sent. Later ones were never due. */
  private giveUpSchedule(why: 'ended' | 'stopped'): void {
    clearTimeout(this.timer);
    for (; this.next && this.next.dueUs <= nowUs(); this.next = this.schedule.next().value)
      this.drops[why] += 1;
    this.next = undefined;
    this.drops[why] += this.waiting.length;
    this.waiting.clear();
    this.endIfDone();
  }

  /** Checked before each send, because the timer of the end may itself be late. */
  private isTooLate(): boolean {
    return this.endUs !== Infinity && nowUs() >= this.endUs;
  }

  private endIfDone(): void {
    if (!this.next && this.inFlight === 0 && this.waiting.length === 0) this.end();
  }
}

/** The attempts of this shard until the load's number or time runs out. */
function* scheduleOf(load: LaneLoad, open: OpenLoad, epochUs: number): Generator<Due, undefined> {
  const { attempts, durationMs = Infinity, shard } = load;
  let n = 0;
  for (const ms of arrivalsOf({ ...load, ...open })) {
    if (n >= attempts || ms >= durationMs) return undefined;
    if (n % shard.of === shard.index) yield { n, dueUs: epochUs + ms * 1_000 };
    n += 1;
  }
}

/**
 * Idle clients, taken in turn over the server processes that they are connected to. Within one process the client used
 * last comes first, as in a pool: its connection is the least likely to have gone stale.
 */
class IdleBuyers {
  private readonly stacks: Client[][];
  private readonly placeOf = new Map<Client, number>();
  private turn = 0;

  constructor(buyers: readonly Client[], processes: number) {
    this.stacks = Array.from({ length: Math.max(1, processes) }, () => []);
    for (const [i, buyer] of buyers.entries()) {
      this.placeOf.set(buyer, i % this.stacks.length);
      this.push(buyer);
    }
  }

  push(buyer: Client): void {
    this.stacks[this.placeOf.get(buyer) ?? 0]?.push(buyer);
  }

  pop(): Client | undefined {
    for (let tried = 0; tried < this.stacks.length; tried += 1) {
      this.turn = (this.turn + 1) % this.stacks.length;
      const buyer = this.stacks[this.turn]?.pop();
      if (buyer) return buyer;
    }
    return undefined;
  }
}

/** First in, first out, in constant time at any length. */
class Queue<T> {
  private items: T[] = [];
  private first = 0;

  get length(): number {
    return this.items.length - this.first;
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    const item = this.items[this.first];
    this.first += 1;
    // the front is dropped when it is the larger half
    if (this.first * 2 >= this.items.length) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return item;
  }

  clear(): void {
    this.items = [];
    this.first = 0;
  }
}
