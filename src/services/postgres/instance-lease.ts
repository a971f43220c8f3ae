import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createPgClient } from './pg-connections';

/** Class of the advisory locks by which server instances see that other instances live ("OVER" in ASCII). */
const LOCK_CLASS = 0x4f564552;
const RETRY_MS = 500;

export interface InstanceLease {
  lockClass: number;
  /** This instance's key within the class. */
  key: number;
  close: () => Promise<void>;
}

/**
 * Holds a session advisory lock for as long as this process lives. PostgreSQL releases it with the connection, so a
 * killed server loses it at once and without time-outs, and another server can tell that its races are orphans. When
 * the connection breaks, the lease is taken again with the same key.
 */
export async function holdInstanceLease(url: string): Promise<InstanceLease> {
  const key = randomInt(1, 2 ** 31 - 1);
  let isClosed = false;
  const hasClosed = () => isClosed;
  let client = await lock(url, key, renew);

  function renew(): void {
    if (isClosed) return;
    void (async () => {
      while (!isClosed) {
        try {
          client = await lock(url, key, renew);
          // closed while the lease was being taken
          if (hasClosed()) await client.end();
          return;
        } catch {
          // still unreachable; the health check reports it
        }
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    })();
  }

  return {
    lockClass: LOCK_CLASS,
    key,
    close: async () => {
      isClosed = true;
      await client.end();
    },
  };
}

async function lock(url: string, key: number, onLost: () => void): Promise<pg.Client> {
  const client = createPgClient({
    connectionString: url,
    application_name: 'oversell lease',
    keepAlive: true,
  });
  let isHeld = false;
  let ended = false;
  const hasEnded = () => ended;
  client.on('error', () => {
    ended = true;
    if (isHeld) onLost();
    isHeld = false;
  });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1, $2)', [LOCK_CLASS, key]);
    // the read that confirms the lock may also report the connection's end, before `isHeld` is set
    if (hasEnded()) throw new Error('the connection of the lease ended');
  } catch (error) {
    await client.end();
    throw error;
  }
  isHeld = true;
  return client;
}
