import type { UnderWay } from '@/scenarios/inventory/purchase/purchase-service';

/** If no purchase takes a step for this long, none ever will: it is longer than any statement time-out, ms. */
const QUIET_MS = 15_000;
/** Limit for purchases that keep progressing, ms: a strategy that retries for ever progresses for ever. */
const MOVING_MS = 120_000;
/** Limit once the race was killed, ms. */
const KILLED_MS = 1_000;
/** The most that counts between two polls, ms: beyond it this process had no turn, and neither had the purchases. */
const TURN_MS = 100;

/** Decides how long to wait for a lane's last purchases: as long as they progress, however slow the machine is. */
export class Patience {
  private waitedMs = 0;
  private quietMs = 0;
  private before: UnderWay | undefined;

  /** Takes the purchases under way, `elapsedMs` after the last call, and returns whether to stop waiting for them. */
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
