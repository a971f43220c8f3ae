import { expect, test } from 'vitest';
import { checkPostgres, checkRedis, ServiceUnreachableError } from './check-service';

test.for([
  [
    'redis://127.0.0.1/abc',
    checkRedis,
    /^Redis at 127\.0\.0\.1:6379 cannot be reached \(.+\)\. Check REDIS_URL/,
  ],
  [
    'redis://:%zz@127.0.0.1',
    checkRedis,
    /^Redis at 127\.0\.0\.1:6379 cannot be reached \(.+\)\. Check REDIS_URL/,
  ],
  [
    'postgresql://127.0.0.1/x?sslrootcert=/nonexistent',
    checkPostgres,
    /^PostgreSQL at 127\.0\.0\.1:5432 cannot be reached \(ENOENT\)\. Check DATABASE_URL/,
  ],
] as const)('the address %s, which no client takes, is said in one line', async ([address, check, said]) => {
  const failure: unknown = await check(address).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ServiceUnreachableError);
  expect((failure as Error).message).toMatch(said);
  expect((failure as Error).message).not.toContain('zz');
});
