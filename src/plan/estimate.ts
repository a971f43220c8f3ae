import { PLAN_FIELDS } from './fields';
import { LAST_BYTE_SETTLE_MS, PLAN_DEFAULTS } from './load-plan';
import { expectedArrivals, timeOf } from './arrivals';
import type { LoadRequest } from './rules';

/** The size of a plan before anything has run. */
export interface PlanEstimate {
  /** Attempts of all lanes and trials together; null if their number depends on how fast the responses come. */
  attempts: number | null;
  /** Whether the number of attempts is random around this one. */
  isAbout: boolean;
  /** The least time of all loads by the plan alone, ms; the server's own time comes on top. */
  leastMs: number;
}

/**
 * Attempts and the shortest time of a load. Only what the plan fixes counts: its duration, rate, ramp, pauses and
 * releases. How long purchases take is for the race to find out.
 */
export function estimatePlan(
  request: LoadRequest,
  { lanes, trials }: { lanes: number; trials: number },
): PlanEstimate {
  const each = estimateLane(request);
  const loads = (request.order === 'parallel' ? 1 : lanes) * trials;
  return {
    attempts: each.attempts === null ? null : each.attempts * lanes * trials,
    isAbout: each.isAbout,
    leastMs: each.leastMs * loads,
  };
}

function estimateLane(request: LoadRequest): PlanEstimate {
  const { model, durationS, rate = 0, rampS = 0, pauseMs = 0 } = request;
  const attempts = request.attempts ?? PLAN_DEFAULTS.attempts;
  const perMs = rate / 1_000;
  if (durationS !== undefined) {
    const leastMs = durationS * 1_000;
    if (model !== 'open' || rate <= 0) return { attempts: null, isAbout: false, leastMs };
    const expected = Math.round(expectedArrivals(leastMs, perMs, rampS * 1_000));
    return { attempts: Math.min(expected, PLAN_FIELDS.attempts.max), isAbout: true, leastMs };
  }
  // the buyers share the attempts
  const turns = Math.ceil(attempts / Math.max(1, request.concurrency ?? PLAN_DEFAULTS.concurrency));
  switch (model) {
    case 'open':
      return { attempts, isAbout: false, leastMs: rate > 0 ? timeOf(attempts, perMs, rampS * 1_000) : 0 };
    case 'closed':
      // between two of its purchases each buyer pauses for at least half of the mean
      return { attempts, isAbout: false, leastMs: (turns - 1) * (pauseMs / 2) };
    case 'burst': {
      const settleMs = request.sync === 'last-byte' ? LAST_BYTE_SETTLE_MS : 0;
      return { attempts, isAbout: false, leastMs: turns * settleMs };
    }
    default:
      return model satisfies never;
  }
}
