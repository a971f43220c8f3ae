/**
 * The statuses that can follow each status of a lane. All lanes of a race are warmed up one after another before the
 * first of them runs: `warming` makes purchases of an item without stock, and `ready` waits for the lane's turn.
 */
const MOVES = {
  pending: ['warming', 'cancelled'],
  warming: ['ready', 'cancelled'],
  ready: ['preparing', 'cancelled'],
  preparing: ['running', 'cancelled'],
  running: ['draining', 'cancelled'],
  draining: ['auditing', 'cancelled'],
  auditing: ['finished', 'cancelled'],
  finished: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type LaneStatus = keyof typeof MOVES;

/** In the order in which a lane goes through them; `cancelled` can follow each but the last two. */
export const LANE_STATUSES = Object.keys(MOVES) as LaneStatus[];

/** Whether a lane of one status may go on to the other. */
export function mayFollow(from: LaneStatus, to: LaneStatus): boolean {
  return (MOVES[from] as readonly LaneStatus[]).includes(to);
}

/** How far a lane with this status is; it only ever rises. */
export function progressOf(status: LaneStatus): number {
  return LANE_STATUSES.indexOf(status === 'cancelled' ? 'finished' : status);
}

/** Whether the lane's turn has come: its item is created, or it sells. */
export function hasBegun(status: LaneStatus): boolean {
  return progressOf(status) >= progressOf('preparing');
}

/** Whether a lane with this status is over. */
export function isLaneOver(status: LaneStatus): boolean {
  return MOVES[status].length === 0;
}
