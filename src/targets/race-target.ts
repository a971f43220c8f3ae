import type { ShardEvents } from '@/load/attempt-runner';
import { InProcessClient } from '@/load/client/in-process-client';
import { parseAddress } from '@/load/client/purchase-address';
import type { LaneLoad } from '@/load/lane-load';
import { openLoadHere } from '@/load/load-here';
import type { Load, LoadThreads } from '@/load/load-threads';
import { measureEventLoop } from '@/load/measure/event-loop';
import { connectBuyers, Shard } from '@/load/shard';
import type { EventLoopLoad } from '@/model/bottleneck';
import type { LoadPlan } from '@/plan/load-plan';
import { sumUnderWay } from '@/scenarios/inventory/purchase/purchase-service';
import type { PurchaseService, UnderWay } from '@/scenarios/inventory/purchase/purchase-service';
import type { RegisteredStrategy } from '@/scenarios/registry';

/** Server processes of this application that only serve purchases. */
export interface PurchaseServers {
  /** One address per process. */
  origins: string[];
  /** Their unfinished purchases of a sku, in total. Rejects when a process does not respond. */
  underWay: (sku: string) => Promise<UnderWay>;
  /**
   * Starts to measure how busy their main threads are. The returned function stops the measurement and returns the
   * busiest.
   */
  measureEventLoop: () => () => Promise<EventLoopLoad>;
  /** Ends them; resolves when they are gone. */
  close: () => Promise<void>;
}

/**
 * Starts this many purchase servers and resolves when all listen; none is left when it rejects. `onLost` is called when
 * one of them ends without being asked to.
 */
export type StartPurchaseServers = (
  count: number,
  options: { signal: AbortSignal; onLost: (reason: Error) => void },
) => Promise<PurchaseServers>;

/** Serves a race's purchases: how to reach it and how to watch it. */
export interface RaceTarget {
  /** Purchase routes of a strategy, one per server process; none for purchases in this process. */
  urls: (strategy: string) => string[];
  /** A lane's load, connected and waiting. */
  openLoad: (load: LaneLoad, strategy: RegisteredStrategy, events: ShardEvents) => Promise<Load>;
  /** The same in this thread, for loads that are not measured. */
  openShard: (load: LaneLoad, strategy: RegisteredStrategy) => Promise<Shard>;
  underWay: (sku: string) => Promise<UnderWay>;
  measureEventLoop: () => () => Promise<EventLoopLoad>;
  /** Strategies that the server processes have been warmed up for. */
  warm: Set<string>;
  close: () => Promise<void>;
}

export interface TargetDeps {
  loadThreads: LoadThreads;
  /** Strategies that this process has been warmed up for. */
  warm: Set<string>;
  /** Purchases in this process. */
  purchaseService: Pick<PurchaseService, 'purchase' | 'underWay'>;
  /** Where this process serves purchases over HTTP; undefined while it does not. */
  origin: () => string | undefined;
  startPurchaseServers: StartPurchaseServers;
  /** The key by which this server and its processes recognise the purchases of the load generator. */
  loadKey: string;
}

/** What a target needs of the race that it serves. */
interface TargetedRace {
  head: { plan: LoadPlan };
  signal: AbortSignal;
  abort: (reason: Error) => void;
}

/**
 * Opens the target of the race's plan. Its processes, if several, are started now and end with `close`, or with this
 * one.
 */
export async function openTarget(race: TargetedRace, deps: TargetDeps): Promise<RaceTarget> {
  const { plan } = race.head;
  switch (plan.target) {
    case 'direct':
      return inProcess(deps);
    case 'http':
      return plan.processes === 1 ? ownServer(deps) : severalServers(race, deps);
  }
}

function ownServer(deps: TargetDeps): RaceTarget {
  const origin = deps.origin();
  if (origin === undefined) throw new Error('this process serves no purchases over HTTP');
  return overHttp(deps, [origin], ownProcess(deps));
}

async function severalServers(race: TargetedRace, deps: TargetDeps): Promise<RaceTarget> {
  const { plan } = race.head;
  const servers = await deps.startPurchaseServers(plan.processes, {
    signal: race.signal,
    onLost: (reason) => race.abort(reason),
  });
  return overHttp(deps, servers.origins, {
    ...servers,
    warm: new Set(),
    // a user may have bought from this process by hand
    underWay: async (sku) => sumUnderWay([await servers.underWay(sku), deps.purchaseService.underWay(sku)]),
  });
}

type Watched = Pick<RaceTarget, 'underWay' | 'measureEventLoop' | 'warm' | 'close'>;

function ownProcess({ purchaseService, warm }: TargetDeps): Watched {
  return {
    warm,
    underWay: async (sku) => purchaseService.underWay(sku),
    measureEventLoop: () => {
      const end = measureEventLoop();
      return async () => end();
    },
    close: async () => undefined,
  };
}

function overHttp(
  { loadThreads, origin, loadKey }: TargetDeps,
  origins: string[],
  watched: Watched,
): RaceTarget {
  const own = origin();
  const ownHost = own === undefined ? undefined : parseAddress(own).host;
  return {
    ...watched,
    urls: (strategy) => origins.map((origin) => `${origin}/api/buy/${strategy}`),
    openLoad: (load, _strategy, events) => loadThreads.openLoad({ ...load, ownHost, loadKey }, events),
    openShard: (load) => Shard.open({ ...load, ownHost, loadKey }, connectBuyers),
  };
}

function inProcess(deps: TargetDeps): RaceTarget {
  const openShard = (load: LaneLoad, strategy: RegisteredStrategy) =>
    Shard.open(load, async ({ concurrency, timeoutMs }) =>
      Array.from(
        { length: concurrency },
        () => new InProcessClient(deps.purchaseService, strategy, timeoutMs),
      ),
    );
  return {
    ...ownProcess(deps),
    urls: () => [],
    openShard,
    openLoad: async (load, strategy, events) => openLoadHere(await openShard(load, strategy), events),
  };
}
