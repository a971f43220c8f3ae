import type { LaneLoad } from '@/load/lane-load';
import { LoadThreads } from '@/load/load-threads';
import { createHistogram, recordLatency, toLatency } from '@/load/measure/latency';
import type { Latency } from '@/model/race';
import { closedLoad } from './bench-load';
import { median, printTable } from './report';

const threads = new LoadThreads();

/** Share of what a closed load reaches that the open one asks for. */
const SHARE = 0.8;
/** Many, so that what is late was late by the generator and not for want of a free connection. */
const CONNECTIONS = 256;
/** A new thread compiles for so long, and is late meanwhile, ms. */
const COLD_MS = 1_000;
const STALL_MS = 1_000;
const STALL_RATE = 500;
const STALL_SECONDS = 5;

interface Measured {
  /** Attempts per second that were asked for. */
  rate: number;
  sent: number;
  dropped: number;
  lagMs: Latency;
  latencyMs: Latency;
  correctedMs: Latency;
}

/** p99 of how late sends are at 80 % of what the generator reaches in a closed loop right before. */
export async function measureLag(
  url: string,
  options: { seconds: number; rounds: number },
): Promise<Record<string, Measured[]>> {
  const rounds: Record<string, Measured[]> = { constant: [], poisson: [] };
  for (let round = 0; round < options.rounds; round += 1) {
    for (const arrivals of ['constant', 'poisson'] as const) {
      const durationMs = COLD_MS + options.seconds * 1_000;
      const { sent } = await fire({ url, open: null, model: 'closed', durationMs });
      const open = { rate: Math.round((sent / durationMs) * 1_000 * SHARE), arrivals, maxWaiting: 100_000 };
      rounds[arrivals]?.push(await fire({ url, open, durationMs, seed: round }, COLD_MS));
    }
  }
  console.log(
    `Open model at ${Math.round(SHARE * 100)} % of the closed load's rate, ${CONNECTIONS} connections`,
  );
  printTable(
    Object.entries(rounds).map(([arrivals, measured]) => ({
      arrivals,
      'asked/s': median(measured.map(({ rate }) => rate)),
      'send lag p50 ms': median(measured.map(({ lagMs }) => lagMs.p50)),
      'p99 ms': median(measured.map(({ lagMs }) => lagMs.p99)),
      'max ms': median(measured.map(({ lagMs }) => lagMs.max)),
      dropped: median(measured.map(({ dropped }) => dropped)),
    })),
  );
  return rounds;
}

/** What a stall of one second in five does to the percentiles, beside what theory says of constant arrivals. */
export async function measureStall(url: string): Promise<Measured> {
  const open = { rate: STALL_RATE, arrivals: 'constant', maxWaiting: 100_000 } as const;
  const running = fire({ url, open, durationMs: STALL_SECONDS * 1_000, concurrency: 10 });
  await new Promise((resolve) => setTimeout(resolve, STALL_SECONDS * 500));
  await fetch(`${url}/stall/${STALL_MS}`, { method: 'POST' });
  const measured = await running;
  console.log(`A target that stalls for ${STALL_MS} ms within ${STALL_SECONDS} s, ${STALL_RATE} attempts/s`);
  // whoever is due x ms into the stall waits for the rest of it
  const inTheory = (share: number) => Math.max(0, STALL_MS - (1 - share) * STALL_SECONDS * 1_000);
  const row = (name: string, { p90, p95, p99, max }: Pick<Latency, 'p90' | 'p95' | 'p99' | 'max'>) => ({
    latency: name,
    'p90 ms': p90,
    'p95 ms': p95,
    'p99 ms': p99,
    'max ms': max,
  });
  printTable([
    row('from the send (what a closed loop would see)', measured.latencyMs),
    row('from when it was due', measured.correctedMs),
    row('theory', { p90: inTheory(0.9), p95: inTheory(0.95), p99: inTheory(0.99), max: STALL_MS }),
  ]);
  return measured;
}

/** Measures what is due `fromMs` after the start or later. */
async function fire(
  { url, ...load }: { url: string } & Pick<LaneLoad, 'open'> & Partial<LaneLoad>,
  fromMs = 0,
): Promise<Measured> {
  const [lag, latency, corrected] = [createHistogram(), createHistogram(), createHistogram()];
  const urls = [`${url}/api/buy/any`];
  const lane = closedLoad({ model: 'open', concurrency: CONNECTIONS, ...load, urls });
  const opened = await threads.openLoad(lane, {
    started: () => undefined,
    batch: ({ batch }) => {
      for (let i = 0; i < batch.count; i += 1) {
        const [call = 0, end = 0] = [batch.call[i], batch.return[i]];
        const planned = batch.due[i] ?? Number.NaN;
        const due = Number.isNaN(planned) ? call : planned;
        if (due < fromMs * 1_000) continue;
        recordLatency(lag, call - due);
        recordLatency(latency, end - call);
        recordLatency(corrected, end - due);
      }
    },
    inFlight: () => undefined,
  });
  const { generated, drops } = await opened.run();
  await opened.close();
  return {
    rate: load.open?.rate ?? 0,
    sent: generated,
    dropped: drops ? drops.crowded + drops.ended + drops.stopped : 0,
    lagMs: toLatency(lag),
    latencyMs: toLatency(latency),
    correctedMs: toLatency(corrected),
  };
}
