import pg from 'pg';
import { again, BRIEFLY_MS } from '@/failures/again';

/**
 * A connection that listens for its own end from the first moment. A pool removes its `error` listener when it hands a
 * connection out, and the next user adds one with its statement; a connection that ends in between would end the
 * process.
 */
class HeardClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // the current statement fails with the same error, and so does the next one
    this.on('error', () => undefined);
  }
}

/** One connection outside a pool, not opened yet. Every connection of this program is created here or by `PgPool`. */
export function createPgClient(config: pg.ClientConfig): pg.Client {
  return new HeardClient(config);
}

/** Where to connect, and settings of the session: they come after those that the address itself asks for. */
export function withSettings(
  url: string,
  settings: Readonly<Record<string, string>>,
): { connectionString: string; options: string } {
  const address = new URL(url);
  const asked = address.searchParams.get('options');
  address.searchParams.delete('options');
  const own = Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`);
  // pg prefers the options of the address to those beside it
  return asked === null
    ? { connectionString: url, options: own.join(' ') }
    : { connectionString: address.href, options: [asked, ...own].join(' ') };
}

/** A pool whose connections may end at any moment: idle ones are replaced, and a statement on one in use fails. */
export class PgPool extends pg.Pool {
  constructor(config: pg.PoolConfig) {
    super({ ...config, Client: HeardClient });
    this.on('error', () => undefined);
  }
}

/**
 * Opens all connections of a pool, one after another: on a busy machine each gets its full connection timeout.
 *
 * @throws the error of the first connection that cannot be opened
 */
export async function openAll(pool: pg.Pool): Promise<void> {
  const taken: pg.PoolClient[] = [];
  try {
    while (pool.totalCount < pool.options.max) taken.push(await pool.connect());
  } finally {
    for (const client of taken) client.release();
  }
}

/**
 * Repeats a single statement over another connection when its connection is lost: for a pool whose statements may all
 * run twice. Transactions are left to their callers.
 */
export function repeatLost(pool: pg.Pool): void {
  const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<unknown>;
  const repeating = (...given: unknown[]) => again(() => query(...given), { forMs: BRIEFLY_MS });
  pool.query = repeating as typeof pool.query;
}
