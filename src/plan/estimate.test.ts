import { expect, test } from 'vitest';
import { estimatePlan, type PlanEstimate } from './estimate';
import type { LoadRequest } from './rules';

test.for<[LoadRequest, { lanes: number; trials: number }, PlanEstimate]>([
  [
    { model: 'closed', attempts: 1_000 },
    { lanes: 2, trials: 1 },
    { attempts: 2_000, isAbout: false, leastMs: 0 },
  ],
  [
    // ten releases, each of which waits for the targets to read
    { model: 'burst', sync: 'last-byte' },
    { lanes: 2, trials: 1 },
    { attempts: 2_000, isAbout: false, leastMs: 1_000 },
  ],
  [{ model: 'burst' }, { lanes: 1, trials: 20 }, { attempts: 20_000, isAbout: false, leastMs: 0 }],
  [
    // 50 each, with 49 pauses of at least half a second between them
    { model: 'closed', attempts: 1_000, concurrency: 20, pauseMs: 1_000 },
    { lanes: 1, trials: 1 },
    { attempts: 1_000, isAbout: false, leastMs: 24_500 },
  ],
  [
    { model: 'closed', durationS: 3 },
    { lanes: 2, trials: 2 },
    { attempts: null, isAbout: false, leastMs: 12_000 },
  ],
  [
    { model: 'closed', durationS: 3, order: 'parallel' },
    { lanes: 2, trials: 2 },
    { attempts: null, isAbout: false, leastMs: 6_000 },
  ],
  [
    { model: 'open', rate: 200, durationS: 5 },
    { lanes: 2, trials: 1 },
    { attempts: 2_000, isAbout: true, leastMs: 10_000 },
  ],
  [
    // half of the rate during the ramp
    { model: 'open', rate: 200, durationS: 5, rampS: 2 },
    { lanes: 1, trials: 1 },
    { attempts: 800, isAbout: true, leastMs: 5_000 },
  ],
  [
    { model: 'open', rate: 100, attempts: 500 },
    { lanes: 1, trials: 1 },
    { attempts: 500, isAbout: false, leastMs: 5_000 },
  ],
  // not yet a plan, while somebody types
  [
    { model: 'open', attempts: 10 },
    { lanes: 0, trials: 1 },
    { attempts: 0, isAbout: false, leastMs: 0 },
  ],
])('%j on %j', ([request, size, expected]) => {
  expect(estimatePlan(request, size)).toEqual(expected);
});
