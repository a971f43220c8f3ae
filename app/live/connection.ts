/** The page's connection to the server, which is independent of the status of the race. */
export type ConnectionState = 'connecting' | 'live' | 'resynced' | 'reconnecting' | 'stale';

export interface ConnectionFacts {
  connected: boolean;
  /** When the page first or last heard from the server; ms. */
  heardAt: number;
  /** When a lost connection was last restored; null if never. */
  resyncedAt: number | null;
  /** Whether the server is expected to send anything. */
  expectsNews: boolean;
  /** Whether it was ever connected. */
  everConnected: boolean;
}

/** Time without news after which the page counts as stale; snapshots normally come several times a second. */
export const STALE_AFTER_MS = 3_000;
const SHOW_RESYNCED_MS = 4_000;

/** Names the connection's state. Data is stale once it is too old, even if the socket claims to be open. */
export function nameConnection(facts: ConnectionFacts, now: number): ConnectionState {
  const tooOld = facts.expectsNews && now - facts.heardAt > STALE_AFTER_MS;
  if (tooOld) return 'stale';
  if (!facts.connected) return facts.everConnected ? 'reconnecting' : 'connecting';
  if (facts.resyncedAt !== null && now - facts.resyncedAt < SHOW_RESYNCED_MS) return 'resynced';
  return 'live';
}
