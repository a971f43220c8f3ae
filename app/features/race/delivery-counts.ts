import type { DeliveryCheck } from '@/model/race';

/** What this page received of a lane. */
export interface Received {
  /** Attempts that came over the live channel or were fetched, each counted once. */
  streamed: number;
  /** First sequence number that the page requested: older attempts would drop out of the list at once. */
  from: number;
  /** Attempts in the list of requests. */
  shown: number;
  /** Most attempts that the list holds. */
  room: number;
}

/** Attempts of a lane at each stage, as of one moment. */
export type PlaceCounts = DeliveryCheck & { streamed?: number; shown?: number };

export const PLACES = ['generated', 'recorded', 'stored', 'streamed', 'shown'] as const;
export type Place = (typeof PLACES)[number];

/**
 * Compares the server's last counts of a lane with what has arrived since. While attempts arrive, the server's numbers
 * are some tenths of a second older: an attempt that is here has been generated and recorded, so both counts are raised
 * to at least what is here. Final numbers stay as they are, since a difference would be a fault.
 */
export function countPlaces(
  said: DeliveryCheck,
  received: Received | null,
  isComplete: boolean,
): PlaceCounts {
  if (received === null) return said;
  const { streamed, shown, from } = received;
  const arrived = isComplete ? 0 : from + streamed;
  return {
    generated: Math.max(said.generated, arrived),
    recorded: Math.max(said.recorded, arrived),
    stored: said.stored,
    streamed,
    shown,
  };
}

/** The later of two counts from the server, which only rise. */
export function laterOf(one: DeliveryCheck, other: DeliveryCheck | null): DeliveryCheck {
  return other !== null && other.recorded >= one.recorded ? other : one;
}
