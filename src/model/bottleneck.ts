/** How busy an event loop was over a time. */
export interface EventLoopLoad {
  /** Share of the time in which it was at work, 0 to 1. */
  cpu: number;
  /** 99th percentile of how late it ran what was due, ms. */
  delayP99Ms: number;
}

/** What set the pace of a lane: who was saturated, and by what numbers. */
export interface Bottleneck {
  limitedBy: 'generator' | 'server' | null;
  /** In words; null when nobody was saturated. */
  reason: string | null;
  /** The load generator's thread. */
  generator: EventLoopLoad;
  /** The server's main thread, which serves the purchases. */
  server: EventLoopLoad;
}

/** From this share on, what arrives finds the loop at work nine times out of ten, and waits for it. */
const BUSY = 0.9;
/** From this delay on, one in a hundred answers was read so late that its latency says more of the loop than of the target, ms. */
const LATE_MS = 100;

/**
 * The rule, for both alike: an event loop limits what runs on it when it was at work 90 % of the time or more, or when
 * the 99th percentile of its delay was 100 ms or more. The generator comes first, because a saturated generator could
 * not have shown that the server had room. A lane that its generator limited supports no claim about throughput.
 *
 * Where both share one thread (`shared`), both figures are that thread's. Serving a purchase takes it many times as long
 * as making one, so a saturated thread is put down to the server.
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
