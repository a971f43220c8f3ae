import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { purchase } from '@/scenarios/inventory/purchase/purchase';
import type { PurchaseDeps } from '@/scenarios/inventory/purchase/purchase';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { throughNodePostgres } from '../peers/node-postgres';
import type { Pgbench } from '../peers/pgbench';
import { guardedUpdateAlone, scriptOf } from '../peers/pgbench-scripts';
import type { PgbenchScript } from '../peers/pgbench-scripts';
import type { Seller } from './hot-row';
import { sellInClosedLoop } from './sales';
import type { Attempt } from './sales';

export interface Contestant extends Seller {
  /** Whether it has anything to warm up: connections, statements, compiled code. */
  isCold: boolean;
}

export const names = {
  pgbench: (id: string): string => `pgbench: ${id}`,
  nodePostgres: (id: string): string => `node-postgres: ${id}`,
  updateAlone: 'pgbench: guarded update, no order',
  /** With no more connections than the pools have: a hundred of them at one row slow PostgreSQL down. */
  pooled: 'pgbench: conditional-update, clients as in the pool',
};

/** Sells the same as `batched-writer` in the plainest way: what that is measured against. */
export const PLAIN = 'conditional-update';

interface Peers {
  pool: pg.Pool;
  pgbench: Pgbench | undefined;
}

/** The strategies in their order, each followed by its peers, so that those compared run right after each other. */
export function listContestants(
  deps: PurchaseDeps,
  all: Map<string, RegisteredStrategy>,
  chosen: string[],
  { pool, pgbench }: Peers,
): Contestant[] {
  const found = new Map<string, Contestant>();
  const add = (contestant: Contestant) => found.set(contestant.name, contestant);
  for (const id of chosen) {
    const strategy = all.get(id);
    if (!strategy) continue;
    add(inProcess(deps, strategy, id));
    const direct = throughNodePostgres(strategy, pool);
    if (direct) add(inProcess(deps, direct, names.nodePostgres(id)));
    const peer = id === 'batched-writer' ? all.get(PLAIN) : strategy;
    const script = peer && scriptOf(peer.id);
    if (!pgbench || !script) continue;
    if (!script.maxTries || pgbench.retries) add(inPgbench(pgbench, peer, names.pgbench(peer.id), script));
    if (peer.id !== PLAIN) continue;
    add(inPgbench(pgbench, peer, names.updateAlone, guardedUpdateAlone));
    add(inPgbench(pgbench, peer, names.pooled, script, pool.options.max));
  }
  return [...found.values()];
}

/** Through the lab's own `purchase`, steps traced, in this process: all of an application but its HTTP. */
function inProcess(deps: PurchaseDeps, strategy: RegisteredStrategy, name: string): Contestant {
  return {
    name,
    strategy,
    writesOrders: true,
    isCold: true,
    sell: (cell) => sellInClosedLoop(() => buy(deps, strategy, name, cell.sku), cell),
  };
}

/** @throws Error unless the attempt was accepted or gave up */
async function buy(
  deps: PurchaseDeps,
  strategy: RegisteredStrategy,
  name: string,
  sku: string,
): Promise<Attempt> {
  const request = { sku, quantity: 1, attemptId: randomUUID() };
  const { result, trace } = await purchase(deps, strategy, request, { thinkMs: 0 });
  const { outcome } = result;
  if (outcome === 'accepted' || outcome === 'conflict') return { outcome, retries: trace.retries() };
  const reason = 'reason' in result ? `: ${result.reason}` : '';
  throw new Error(`${name} answered ${outcome}${reason}`);
}

function inPgbench(
  pgbench: Pgbench,
  strategy: RegisteredStrategy,
  name: string,
  script: PgbenchScript,
  mostClients = Infinity,
): Contestant {
  const { writesOrders } = script;
  return {
    name,
    strategy,
    writesOrders,
    isCold: false,
    sell: (cell) => pgbench.sell(script, { ...cell, inFlight: Math.min(cell.inFlight, mostClients) }),
  };
}
