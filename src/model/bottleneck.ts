/** How busy an event loop was over a time. */
export interface EventLoopLoad {
  /** Share of the time in which the loop was busy, 0 to 1. */
  cpu: number;
  /** 99th percentile of the delay of its callbacks, ms. */
  delayP99Ms: number;
}

/** What limited the pace of a lane: the saturated part, with its numbers. */
export interface Bottleneck {
  limitedBy: 'generator' | 'server' | null;
  /** In words; null when neither was saturated. */
  reason: string | null;
  /** The load generator's thread. */
  generator: EventLoopLoad;
  /** The server's main thread, which serves the purchases. */
  server: EventLoopLoad;
}

/** From this share on, nine out of ten arrivals find the loop busy, and wait for it. */
const BUSY = 0.9;
/**
 * From this delay on, one in a hundred responses was read so late that its latency says more of the loop than of the
 * target, ms.
 */
const LATE_MS = 100;

/**
 * One rule for both: an event loop limits what runs on it when it was busy 90 % of the time or more, or when the 99th
 * percentile of its delay was 100 ms or more. The generator comes first, because a saturated generator could not have
 * shown that the server had room. A lane limited by its generator supports no claim about throughput.
 *
 * Where both share one thread (`shared`), both figures are that thread's. Serving a purchase takes the thread many
 * times as long as making one, so its saturation counts as the server's.
 */
export function findBottleneck(
  generator: EventLoopLoad,
  server: EventLoopLoad,
  { shared = false } = {},
): Bottleneck {
  const found = { generator, server };
  for (const limitedBy of shared ? (['server'] as const) : (['generator', 'server'] as const)) {
    const why = explainStrain(found[limitedBy]);
    if (why !== null) return { limitedBy, reason: `The ${NAMES[limitedBy]} ${why}.`, ...found };
  }
  return { limitedBy: null, reason: null, ...found };
}

const NAMES = { generator: 'load generator', server: 'server process' };

function explainStrain({ cpu, delayP99Ms }: EventLoopLoad): string | null {
  if (cpu >= BUSY) return `was at work ${Math.round(cpu * 100)} % of the time`;
  if (delayP99Ms >= LATE_MS) return `was ${Math.round(delayP99Ms)} ms late at the 99th percentile`;
  return null;
}
