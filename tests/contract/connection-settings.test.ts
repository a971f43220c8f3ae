import { describe, expect, onTestFinished } from 'vitest';
import { checkHealth } from '@/services/health';
import { createRedisClient } from '@/services/redis/redis-client';
import { openExplorerSessions } from '@/services/postgres/explorer-sessions';
import { countRoom } from '@/services/postgres/pools';
import { createPrisma } from '@/services/postgres/prisma';
import { createTestDatabase, databaseTest as test, testRedisUrl } from '../fixtures/database/database';

type Shown = { level: string; lock: string }[];
const SHOW = `select current_setting('transaction_isolation') as level, current_setting('lock_timeout') as lock`;

/** A database of its own whose default for new connections is this. */
async function openWith(setting: string, value: string): Promise<string> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const name = new URL(database.url).pathname.slice(1);
  await database.query(`alter database "${name}" set ${setting} = '${value}'`);
  return database.url;
}

describe('a database whose default is SERIALIZABLE', () => {
  test('is raced at READ COMMITTED', async () => {
    const db = createPrisma(await openWith('default_transaction_isolation', 'serializable'), {
      size: 1,
      name: 'test',
    });
    onTestFinished(() => db.$disconnect());
    expect(await db.$queryRawUnsafe<Shown>(SHOW)).toMatchObject([{ level: 'read committed' }]);
    const within = await db.$transaction((tx) => tx.$queryRawUnsafe<Shown>(SHOW));
    expect(within).toMatchObject([{ level: 'read committed' }]);
  });

  test('is explored at READ COMMITTED', async () => {
    const url = await openWith('default_transaction_isolation', 'serializable');
    const sessions = await openExplorerSessions(url);
    onTestFinished(() => sessions.close());
    const session = await sessions.openSession();
    onTestFinished(() => session.close());
    expect(await session.db.$queryRawUnsafe<Shown>(SHOW)).toMatchObject([{ level: 'read committed' }]);
  });
});

test('options of the address do not replace those of the lab', async ({ database }) => {
  const address = new URL(database.url);
  address.searchParams.set('options', '-c default_transaction_isolation=serializable -c lock_timeout=123');
  const sessions = await openExplorerSessions(address.href);
  onTestFinished(() => sessions.close());
  const session = await sessions.openSession();
  onTestFinished(() => session.close());
  expect(await session.db.$queryRawUnsafe<Shown>(SHOW)).toEqual([{ level: 'read committed', lock: '0' }]);
});

test('a PostgreSQL that takes no writes is not healthy', async () => {
  const db = createPrisma(await openWith('default_transaction_read_only', 'on'), { size: 2, name: 'test' });
  onTestFinished(() => db.$disconnect());
  const redis = createRedisClient({ url: testRedisUrl() });
  await redis.connect();
  onTestFinished(() => redis.destroy());

  const health = await checkHealth({ db, redis, version: '1', incident: () => undefined });

  expect(health).toMatchObject({
    status: 'degraded',
    checks: { postgres: { ok: false, message: 'PostgreSQL is read-only' }, redis: { ok: true } },
  });
});

test.for([
  ['role', 'alter role "$name" connection limit 40'],
  ['database', 'alter database "$name" connection limit 40'],
] as const)('a connection limit of the %s leaves less room for pools', async ([, sql]) => {
  const database = await createTestDatabase();
  const { name } = database;
  const run = (text: string) => database.query(text.replaceAll('$name', name));
  await run(`create role "$name" login password 'secret'`);
  onTestFinished(async () => {
    await run('drop role "$name"');
    await database.drop();
  });
  const address = Object.assign(new URL(database.url), { username: name, password: 'secret' });
  const db = createPrisma(address.href, { size: 1, name: 'test' });
  onTestFinished(() => db.$disconnect());

  const before = await countRoom(db);
  await run(sql);

  expect(before).toBeGreaterThan(23);
  expect(await countRoom(db)).toBe(23);
});
