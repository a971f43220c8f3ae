import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  asApp,
  createAppServer,
  withAppDatabase,
  type AppServer,
} from '../../fixtures/app-database/app-server';
import { dump } from '../../fixtures/app-database/dump';

let server: AppServer;

beforeEach(async () => {
  server = await createAppServer('create table items (id int primary key); insert into items values (1)');
});
afterEach(() => server.drop());

const timeoutOf = (url: string) =>
  asApp(
    url,
    async (app) =>
      (await app.query<{ deadlock_timeout: string }>('show deadlock_timeout')).rows[0]!.deadlock_timeout,
  );

test('shortens the deadlock timeout of the app until the end, and no longer', async () => {
  const before = await dump(server.url);
  await withAppDatabase(server.url, async (database) => {
    const snapshot = await database.takeSnapshot();
    expect(await database.shortenDeadlockTimeout(snapshot, server.role)).toBeUndefined();
    expect(await timeoutOf(server.ownerUrl)).toBe('1ms');
    expect(await timeoutOf(server.url)).toBe('1s');
    await snapshot.finish();
  });
  expect(await timeoutOf(server.ownerUrl)).toBe('1s');
  expect(await dump(server.url)).toEqual(before);
});

test.each([
  ['a value of its own', [`deadlock_timeout = '2500ms'`]],
  [
    'others around it',
    [`work_mem = '5MB'`, `deadlock_timeout = '7s'`, `search_path = "$user", 'a b', public`],
  ],
  ['others only', [`statement_timeout = '1h'`]],
])('puts back what the role had: %s', async (_what, settings) => {
  for (const setting of settings)
    await server.query(`alter role ${server.role} in database ${server.name} set ${setting}`);
  await server.query(`alter role ${server.role} set deadlock_timeout = '3s'`);
  const before = await dump(server.url);
  const earlier = await timeoutOf(server.ownerUrl);

  await withAppDatabase(server.url, async (database) => {
    const snapshot = await database.takeSnapshot();
    expect(await database.shortenDeadlockTimeout(snapshot, server.role)).toBeUndefined();
    expect(await timeoutOf(server.ownerUrl)).toBe('1ms');
  });
  // the process was killed; the next one finds the snapshot
  await withAppDatabase(server.url, async (database) => {
    const [leftover] = await database.findLeftovers();
    await database.restoreLeftover(leftover!);
  });
  expect(await timeoutOf(server.ownerUrl)).toBe(earlier);
  expect(await dump(server.url)).toEqual(before);
});

test('a role that may not is told so, and the exploration goes on', async () => {
  const before = await dump(server.url);
  await withAppDatabase(server.ownerUrl, async (database) => {
    const snapshot = await database.takeSnapshot();
    expect(await database.shortenDeadlockTimeout(snapshot)).toContain(
      `may not set deadlock_timeout for ${server.role}, so each deadlock takes the server 1 s. A superuser can allow it`,
    );
    await snapshot.restore();
    await snapshot.finish();
  });
  expect(await dump(server.url)).toEqual(before);
});

test('a role with the right to set it needs no superuser', async () => {
  await server.query(`grant set on parameter deadlock_timeout to ${server.role}`);
  try {
    await withAppDatabase(server.ownerUrl, async (database) => {
      const snapshot = await database.takeSnapshot();
      expect(await database.shortenDeadlockTimeout(snapshot)).toBeUndefined();
      expect(await timeoutOf(server.ownerUrl)).toBe('1ms');
      await snapshot.finish();
    });
    expect(await timeoutOf(server.ownerUrl)).toBe('1s');
  } finally {
    await server.query(`revoke set on parameter deadlock_timeout from ${server.role}`);
  }
});
