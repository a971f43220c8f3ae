import { codeOf } from '@/failures/failure-table';
import { createPgClient } from './postgres/pg-connections';
import { createRedisClient } from './redis/redis-client';

/** PostgreSQL or Redis cannot be used. The message is one line for a person and holds no password; exit code 3. */
export class ServiceUnreachableError extends Error {
  override readonly name = 'ServiceUnreachableError';
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

const TIMEOUT_MS = 5_000;

/**
 * Opens one connection and checks only that the server responds and takes writes.
 *
 * @throws ServiceUnreachableError after 5 s at most
 */
export async function checkPostgres(databaseUrl: string): Promise<void> {
  let client: ReturnType<typeof createPgClient> | undefined;
  try {
    // reads files that the address names, such as a certificate
    client = createPgClient({ connectionString: databaseUrl, connectionTimeoutMillis: TIMEOUT_MS });
    await withTimeout(client.connect());
    const asked = client.query<{ is: string }>(`select current_setting('transaction_read_only') as is`);
    const { rows } = await withTimeout(asked);
    if (rows[0]?.is === 'on') throw Object.assign(new Error('read-only'), { code: '25006' });
  } catch (error) {
    throw unreachable('PostgreSQL', 'DATABASE_URL', databaseUrl, 5432, error);
  } finally {
    void client?.end().catch(() => undefined);
  }
}

/**
 * Like `checkPostgres`, for Redis. Whether it takes the lab's commands shows with the first of them: see `explainRefusal`.
 *
 * @throws ServiceUnreachableError after 5 s at most
 */
export async function checkRedis(redisUrl: string): Promise<void> {
  let client: ReturnType<typeof createRedisClient> | undefined;
  try {
    client = createRedisClient({
      url: redisUrl,
      socket: { reconnectStrategy: false, connectTimeout: TIMEOUT_MS },
    });
    await withTimeout(client.connect());
    await withTimeout(client.ping());
  } catch (error) {
    throw unreachable('Redis', 'REDIS_URL', redisUrl, 6379, error);
  } finally {
    client?.destroy();
  }
}

/** The error to throw for first commands that failed: in one line where Redis itself has refused one. */
export function explainRefusal(error: unknown, redisUrl: string): unknown {
  const code = codeOf(error);
  if (!(error instanceof Error) || (code !== 'SimpleError' && code !== 'ScriptError')) return error;
  const said = error.message.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  const message = `Redis at ${placeOf(redisUrl, 6379)} refuses a command (${said}). Check REDIS_URL.`;
  return new ServiceUnreachableError(message, error);
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(
  service: string,
  variable: string,
  address: string,
  defaultPort: number,
  error: unknown,
): ServiceUnreachableError {
  const where = placeOf(address, defaultPort);
  const refusal = refusalOf(error);
  if (refusal !== undefined)
    return new ServiceUnreachableError(`${service} at ${where} ${refusal}. Check ${variable}.`, error);
  const reason = describe(error).replaceAll(/\s+/g, ' ').trim();
  return new ServiceUnreachableError(
    `${service} at ${where} cannot be reached (${reason}). Check ${variable} or unset it to use the embedded server.`,
    error,
  );
}

function placeOf(address: string, defaultPort: number): string {
  const { hostname, port } = new URL(address);
  return `${hostname}:${port === '' ? defaultPort : port}`;
}

/** Messages for a server that was reached and refuses the login, as the rest of a sentence. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/^28P01$|WRONGPASS|invalid password/i, 'refuses the user or the password'],
  [/^28000$/, 'does not let this user in'],
  [/NOAUTH/, 'asks for a password'],
  [/^3D000$/, 'has no database of this name'],
  [/^42501$/, 'denies this user access to the database'],
  [/^25006$/, 'is read-only'],
  [/^53300$|max number of clients/, 'takes no more connections'],
  [/^57P03$|^LOADING/, 'is starting up or shutting down'],
];

function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '' } = error as NodeJS.ErrnoException;
  return REFUSALS.find(([said]) => said.test(code) || said.test(error.message))?.[1];
}

/** A name with several addresses fails with an AggregateError that has a code and no message. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const isSystemCode = code !== undefined && /^E[A-Z]+$/.test(code);
  return isSystemCode ? code : error.message;
}
