import { AttemptRunner } from './attempt-runner';
import type { ShardEvents } from './attempt-runner';
import type { Client } from './client/client';
import { HttpClient } from './client/http-client';
import type { LaneLoad, ShardReport } from './lane-load';
import { runBurst } from './models/run-burst';
import { runClosed } from './models/run-closed';
import { runOpen } from './models/run-open';
import { measureEventLoop } from './measure/event-loop';
import { resolveAddress } from './client/resolve-address';

/** Opens a load's clients, ready to purchase; rejects, with none left open, when one cannot be opened. */
export type OpenBuyers = (load: LaneLoad) => Promise<Client[]>;

/** One worker's part of a lane: connected clients that wait for the start and then purchase until told to stop. */
export class Shard {
  private runner: AttemptRunner | undefined;
  private stopped = false;

  private constructor(
    private readonly load: LaneLoad,
    private readonly buyers: Client[],
  ) {}

  /** Makes every client ready: the barrier is complete when this resolves. */
  static async open(load: LaneLoad, openBuyers: OpenBuyers): Promise<Shard> {
    return new Shard(load, await openBuyers(load));
  }

  /** Runs the load to its end, or until `stop` and everything in flight has come back. */
  async run(events: ShardEvents): Promise<ShardReport> {
    const runner = (this.runner = new AttemptRunner(this.load, events));
    if (this.stopped) runner.stop();
    const endMeasuring = measureEventLoop();
    try {
      const special = await this.runModel(runner);
      runner.close();
      return { generated: runner.generated, ...special, eventLoop: endMeasuring() };
    } finally {
      this.close();
    }
  }

  /** Starts nothing more; what is in flight runs to its end. */
  stop(): void {
    this.stopped = true;
    this.runner?.stop();
  }

  /** Starts nothing more and stops waiting: what is in flight becomes indeterminate at once. */
  kill(): void {
    this.stop();
    for (const buyer of this.buyers) buyer.abort();
  }

  /** Closes every connection; a load that is still running starts nothing more. */
  close(): void {
    this.stop();
    for (const buyer of this.buyers) buyer.close();
  }

  private async runModel(runner: AttemptRunner): Promise<Pick<ShardReport, 'drops' | 'arrivalSpreadUs'>> {
    const { model } = this.load;
    switch (model) {
      case 'burst':
        return { drops: null, arrivalSpreadUs: await runBurst(runner, this.buyers) };
      case 'closed':
        await runClosed(runner, this.buyers);
        return { drops: null, arrivalSpreadUs: null };
      case 'open':
        return { drops: await runOpen(runner, this.buyers), arrivalSpreadUs: null };
      default:
        return model satisfies never;
    }
  }
}

/** Connects every client over HTTP, spread evenly over the load's addresses, which have to be loopback. */
export async function connectBuyers(load: LaneLoad): Promise<Client[]> {
  const { urls, concurrency, timeoutMs } = load;
  const addresses = await Promise.all(urls.map((url) => resolveAddress(url, load)));
  const opening = Array.from({ length: concurrency }, async (_, i) => {
    const to = addresses[i % addresses.length];
    if (!to) throw new Error('a load over HTTP has an address');
    return HttpClient.open(to, timeoutMs);
  });
  const opened = await Promise.allSettled(opening);
  const buyers = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = opened.find((result) => result.status === 'rejected');
  if (!failed) return buyers;
  for (const buyer of buyers) buyer.close();
  throw failed.reason;
}
