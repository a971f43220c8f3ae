import type { EnabledStep, ScheduleInput, SentBy } from './schedule';
import { nameKey, touchKeys } from '@/explorer/access/sent-access';
import type { Names } from '@/explorer/access/sent-access';
import { sharedBy } from '@/explorer/access/shared-state';
import { TransitionAccess } from '@/explorer/access/transition-access';
import type { AccessHistory } from '@/explorer/access/transition-access';
import { EVERYTHING, holdings, LEASES, MEMORY, unite, WAITS } from '@/explorer/search/access-set';
import type { AccessSet } from '@/explorer/search/access-set';
import type { Shared } from '@/explorer/search/backend';
import type { Actor } from './actor';
import type { Quiescence } from './quiescence';

/** SQLSTATE of a statement that PostgreSQL cancelled because its wait would have closed a deadlock. */
const DEADLOCK = '40P01';

/** A lock in memory that the items of all schedules have in common. */
const MEMORY_OF_ALL: Shared = { what: 'the memory of the process', remains: 'no' };

/**
 * What each move of one schedule touched: the stores, by the statements sent, and everything else that could tell when
 * the move came.
 */
export class MoveAccess {
  private readonly history: AccessHistory = { hasCommitted: false, readsTimes: false };
  private readonly sets: TransitionAccess[];
  private readonly names: Names;
  /** Keys whose lease expired in the latest such move. */
  private ranOut: string[] = [];
  private hasPassed = false;

  constructor(
    private readonly input: ScheduleInput,
    private readonly actors: readonly Actor[],
    private readonly quiescence: Pick<Quiescence, 'isWaiting' | 'waitsFor'>,
  ) {
    const { requests } = input;
    this.names = {
      skus: [...new Set(requests.map(({ sku }) => sku))],
      attemptIds: requests.map(({ attemptId }) => attemptId),
    };
    this.sets = actors.map(() => new TransitionAccess(this.names, this.history, input.comparesTimes));
  }

  /** Whether any transaction ran at SERIALIZABLE. */
  get isSerializable(): boolean {
    return this.sets.some(({ isSerializable }) => isSerializable);
  }

  /** Whether a transaction has read the server's clock. */
  get readsTimes(): boolean {
    return this.history.readsTimes;
  }

  /** The attempt takes a step. */
  begin(actor: Actor): void {
    this.sets[actor.index]?.begin();
  }

  /** Time has passed, because nothing else could happen. */
  pass(): void {
    this.hasPassed = true;
  }

  /** The leases of these keys have expired. */
  expire(keys: string[]): void {
    this.ranOut = keys;
  }

  /** The explorer cannot see what a strategy does between its steps, so with a lock in memory all of it counts. */
  mayTouchMemory({ usesMemory }: Actor): boolean {
    const [first, second] = this.input.strategies;
    return usesMemory && first === second;
  }

  /**
   * The access set of a move that is over. `waited`: the attempts that waited before it, and for what; `changed`: those
   * that hold other locks with a lease than before.
   */
  take(
    option: EnabledStep,
    sent: readonly SentBy[],
    waited: ReadonlyMap<Actor, (Actor | 'memory')[]>,
    { hasEnded, changed }: { hasEnded: boolean; changed: readonly Actor[] },
  ): AccessSet {
    const parts = sent.map(({ actor, sql, redis }) => this.sets[actor]?.take(sql, redis));
    const moments = this.actors.map((actor) => actor.takeMoments());
    const afterTime = this.hasPassed;
    this.hasPassed = false;
    if (option.event === 'crash' || afterTime) return EVERYTHING;
    if (option.event === 'lease') {
      const keys = this.ranOut.map((key) => nameKey(key, this.names) ?? '*');
      return unite(touchKeys(keys, 'write'), LEASES, holdings(option.actor));
    }
    const mover = this.actors[option.actor];
    const wokeInMemory = [...waited].some(
      ([one, others]) => others.includes('memory') && !this.quiescence.isWaiting(one),
    );
    if ((mover && this.mayTouchMemory(mover)) || wokeInMemory) parts.push(MEMORY);
    if (sent.some((one) => this.hasMetLock(one))) parts.push(WAITS);
    if (this.input.leaseExpiry) {
      if (hasEnded) parts.push(LEASES);
      parts.push(...changed.map(({ index }) => holdings(index)));
    }
    return unite(...parts.filter((part) => part !== undefined), ...moments);
  }

  /** What a move touched that belongs to no item of the schedule. */
  sharedIn(sent: readonly SentBy[]): Shared[] {
    const stored = sent.flatMap((one) => sharedBy(one, this.names));
    return this.waitsForAnother() ? [...stored, MEMORY_OF_ALL] : stored;
  }

  /** Whether an attempt waits in memory although no other of this schedule has come to a lock there. */
  private waitsForAnother(): boolean {
    return this.actors.some(
      (actor) =>
        this.quiescence.waitsFor(actor).includes('memory') &&
        !this.actors.some((other) => other !== actor && other.usesMemory),
    );
  }

  /** Whether an attempt began to wait for a lock of PostgreSQL, had waited for one, or failed instead of waiting. */
  private hasMetLock({ actor, sql }: SentBy): boolean {
    const one = this.actors[actor];
    if (sql.length === 0 || !one) return false;
    if (one.sqlInFlight > 0 && this.quiescence.isWaiting(one)) return true;
    return sql.some(
      ({ hasWaited, answer }) =>
        hasWaited || (answer instanceof Error && 'code' in answer && answer.code === DEADLOCK),
    );
  }
}
