import type { UnderWay } from '@/scenarios/inventory/purchase/purchase-service';

/** Purchases none of which takes a step for so long never will: it is longer than any time-out of a statement, ms. */
const QUIET_MS = 15_000;
/** Strategies that try again for ever move for ever, ms. */
const MOVING_MS = 120_000;
/** Once the race was killed, ms. */
const KILLED_MS = 1_000;
/** The most that counts between two looks, ms: in the rest of it this process had no turn, and nor had the purchases. */
const TURN_MS = 100;

/** How long the end of a lane's purchases is waited for: as long as they move, however slow the machine is. */
export class Patience {
  private waitedMs = 0;
  private quietMs = 0;
  private before: UnderWay | undefined;

  /** Looks at what is under way, `elapsedMs` after the last look, and answers whether it has been waited for long enough. */
  isOver(seen: UnderWay, elapsedMs: number, isKilled: boolean): boolean {
    const { before } = this;
    this.before = seen;
    const turnMs = Math.min(elapsedMs, TURN_MS);
    this.waitedMs += turnMs;
    const hasMoved = before?.left !== seen.left || before.moved !== seen.moved;
    this.quietMs = hasMoved ? 0 : this.quietMs + turnMs;
    return this.quietMs > QUIET_MS || this.waitedMs > (isKilled ? KILLED_MS : MOVING_MS);
  }
}
