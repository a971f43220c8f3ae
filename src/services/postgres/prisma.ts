import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '@/generated/prisma/client';
import { ObservedPool } from './observed-pool';
import { openAll, repeatLost, withSettings } from './pg-connections';

export interface PoolOptions {
  /** Connections at most. */
  size: number;
  /** Shown in pg_stat_activity. */
  name: string;
  /** Statements that take longer are ended, ms; default 8,000. */
  statementTimeoutMs?: number;
  /** Every statement may run twice: one on its own whose connection is lost is sent again. */
  repeatsLost?: boolean;
  /** How long a statement waits for a connection, the opening of a new one included, ms; default 5,000. */
  connectTimeoutMs?: number;
  /** A connection that was idle for this long is closed, ms; 0 for never; default 60,000. */
  idleTimeoutMs?: number;
}

/**
 * Time-outs of every statement, ms. They end a wait on the server, where Prisma's own only stop waiting for it, and
 * stay below the ten seconds after which a client gives up unless the load plan says otherwise.
 */
const STATEMENT_TIMEOUT_MS = 8_000;
const LOCK_TIMEOUT_MS = 6_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Longer than the gap between the lanes of a race, so that no lane pays for reopening connections. */
const IDLE_TIMEOUT_MS = 60_000;

/** What a strategy's statements and transactions run at unless it says otherwise, whatever the role's or database's default is. */
export const READ_COMMITTED = 'read committed';

/** The connections of a pool. */
export interface PoolUsage {
  busy: number;
  /** Open and not in use. */
  idle: number;
  /** Statements and transactions that wait for one. */
  waiting: number;
}

/** A Prisma client, and how long its statements waited for their connections. */
export interface ObservedPrisma {
  db: PrismaClient;
  takeWait: ObservedPool['takeWait'];
  /** Opens all its connections that are not open. */
  open: () => Promise<void>;
  /** How its connections are used now. */
  usage: () => PoolUsage;
}

/** A Prisma client on a pool of its own. Connects on first use; close with `$disconnect()`. */
export function createPrisma(url: string, options: PoolOptions): PrismaClient {
  return createObservedPrisma(url, options).db;
}

/** The same for the pool under test, where the wait for a connection is part of what is measured. */
export function createObservedPrisma(url: string, options: PoolOptions): ObservedPrisma {
  const { size, name, statementTimeoutMs = STATEMENT_TIMEOUT_MS, repeatsLost = false } = options;
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, idleTimeoutMs = IDLE_TIMEOUT_MS } = options;
  const pool = new ObservedPool({
    ...withSettings(url, { default_transaction_isolation: READ_COMMITTED }),
    max: size,
    application_name: name,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    statement_timeout: statementTimeoutMs,
    lock_timeout: LOCK_TIMEOUT_MS,
  });
  if (repeatsLost) repeatLost(pool);
  const adapter = new PrismaPg(pool, { statementNameGenerator: nameStatements(), disposeExternalPool: true });
  const db = new PrismaClient({
    adapter,
    queryPlanCacheMaxSize: MAX_PLANS,
    transactionOptions: { maxWait: MAX_WAIT_MS, timeout: MAX_OPEN_MS },
  });
  const usage = () => ({
    busy: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  });
  return { db, takeWait: pool.takeWait, open: () => openAll(pool), usage };
}

/**
 * How long a transaction that says nothing else may wait for its connection, and stay open, ms. Longer than the pool's own
 * time-outs: by Prisma's defaults of 2 and 5 s a busy machine alone would fail what prepares a lane.
 */
const MAX_WAIT_MS = 10_000;
const MAX_OPEN_MS = 15_000;

/** Compiled queries kept, some 20 kB each. This program has about a hundred, and none whose shape depends on data. */
const MAX_PLANS = 200;

/** Statements kept prepared on a connection; further ones are sent as text each time. */
const MAX_PREPARED = 500;

/**
 * Names each SQL text, so that PostgreSQL parses and plans it once a connection: a guarded update costs it 40 % less.
 */
export function nameStatements(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // pg does not keep a statement with an empty name
    if (names.size >= MAX_PREPARED) return '';
    const name = `oversell_${names.size}`;
    names.set(sql, name);
    return name;
  };
}
