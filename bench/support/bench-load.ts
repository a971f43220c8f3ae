import type { LaneLoad } from '@/load/lane-load';

/** What everybody sends: the body of a purchase as the load generator writes it. */
export const BENCH_BODY = {
  sku: 'race.k3v9x2m7qd.0',
  quantity: 1,
  attemptId: 'k3v9x2m7qd.0.123456',
  thinkMs: 0,
  trace: true,
};

/** A closed load that goes on until it is stopped. */
export function closedLoad(load: Pick<LaneLoad, 'urls' | 'concurrency'> & Partial<LaneLoad>): LaneLoad {
  return {
    sku: BENCH_BODY.sku,
    attemptPrefix: 'k3v9x2m7qd.0.',
    model: 'closed',
    attempts: Infinity,
    shard: { index: 0, of: 1 },
    quantity: 1,
    thinkMs: 0,
    pauseMs: 0,
    timeoutMs: 10_000,
    seed: 1,
    rampMs: 0,
    holdLastByte: false,
    open: null,
    stepNames: ['read', 'write'],
    stepKinds: ['read', 'write'],
    ...load,
  };
}
