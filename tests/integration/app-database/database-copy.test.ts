import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyDatabase, dropLeftoverCopies } from '@/app-under-test/database/database-copy';
import {
  addressOf,
  asApp,
  connectOptions,
  createAppServer,
  withAppDatabase,
  type AppServer,
} from '../../fixtures/app-database/app-server';
import { dump } from '../../fixtures/app-database/dump';
import { queryOnce, testServerUrl } from '../../fixtures/database/test-database';

let server: AppServer;

beforeEach(async () => {
  server = await createAppServer(
    `create schema shop; create table shop.items (id serial primary key, units int); insert into shop.items (units) values (1)`,
  );
});
afterEach(() => server.drop());

const exists = async (name: string) =>
  (await queryOnce(testServerUrl(), 'select from pg_database where datname = $1', [name])).length > 0;

test('copies a database with its settings and grants, works on it, and drops it', async () => {
  await server.query(`alter database ${server.name} set search_path = shop, "$user", public`);
  await server.query(`alter role ${server.role} in database ${server.name} set work_mem = '7MB'`);
  await server.query(`grant create on database ${server.name} to public`);
  const before = await dump(server.url);
  const copy = await copyDatabase(connectOptions(server.url));
  expect(copy.name).toMatch(/^oversell_copy_[0-9a-f]{12}$/);
  const url = addressOf(server.ownerUrl, { database: copy.name });
  await asApp(url, async (app) => {
    expect((await app.query('show search_path')).rows).toEqual([{ search_path: 'shop, "$user", public' }]);
    expect((await app.query('show work_mem')).rows).toEqual([{ work_mem: '7MB' }]);
    await app.query('create schema allowed; update items set units = 9');
  });
  await withAppDatabase(copy.url, async (database) => (await database.takeSnapshot()).finish());
  expect(await dropLeftoverCopies(connectOptions(server.url))).toEqual([]);
  await copy.drop();
  expect(await exists(copy.name)).toBe(false);
  expect(await dump(server.url)).toEqual(before);
});

test('finds and drops copies of runs that ended without dropping them', async () => {
  const abandoned = 'oversell_copy_00000000000a';
  await queryOnce(testServerUrl(), `create database ${abandoned}`);
  const inUse = await copyDatabase(connectOptions(server.url));
  expect(await dropLeftoverCopies(connectOptions(server.url))).toEqual([abandoned]);
  expect([await exists(abandoned), await exists(inUse.name)]).toEqual([false, true]);
  await inUse.drop();
});

test('says who keeps a database from being copied', async () => {
  await asApp(server.ownerUrl, async () => {
    await expect(copyDatabase(connectOptions(server.url))).rejects.toMatchObject({
      kind: 'in-use',
      message: expect.stringMatching(
        /cannot be copied while it is in use by the app \(role app_\w+, 127\.0\.0\.1, idle/,
      ) as string,
    });
  });
});

test('says what a role needs to copy a database, and leaves nothing', async () => {
  await expect(copyDatabase(connectOptions(server.ownerUrl))).rejects.toMatchObject({
    kind: 'no-right',
    message: expect.stringContaining('it needs CREATEDB and has to own the database') as string,
  });
  expect(await dropLeftoverCopies(connectOptions(server.url))).toEqual([]);
  await server.query(`alter role ${server.role} createdb`);
  const copy = await copyDatabase(connectOptions(server.ownerUrl));
  await copy.drop();
});
