import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  asApp,
  createAppServer,
  withAppDatabase,
  type AppServer,
} from '../../fixtures/app-database/app-server';
import { dump } from '../../fixtures/app-database/dump';

let server: AppServer;
let before: string[];

beforeAll(async () => {
  server = await createAppServer(
    `create table items (sku text primary key, units int); insert into items values ('last-one', 1);
    create table "order" (id serial primary key, sku text)`,
  );
  before = await dump(server.url);
});
afterAll(() => server.drop());
afterEach(async () => {
  await server.query(`update items set units = 1`);
  await server.query(`truncate "order" restart identity`);
});

/** Ends as a killed process does: with a snapshot, and with rows that are not its own. */
async function leaveBehind(): Promise<string> {
  return withAppDatabase(server.ownerUrl, async (database) => {
    const { schema } = await database.takeSnapshot();
    await asApp(server.ownerUrl, (app) => app.query('update items set units = 0'));
    return schema;
  });
}

test('says when a leftover was made, by which process, and what restoring would change', async () => {
  const schema = await leaveBehind();
  await withAppDatabase(server.ownerUrl, async (database) => {
    const leftovers = await database.findLeftovers();
    expect(leftovers).toMatchObject([{ schema, isComplete: true, changedTables: ['public.items'] }]);
    expect(leftovers[0]!.madeBy).toContain(`oversell check pid ${process.pid} since`);
    expect(Math.abs(Date.now() - leftovers[0]!.madeAt!.getTime())).toBeLessThan(600_000);
    await expect(database.takeSnapshot()).rejects.toMatchObject({
      kind: 'leftover',
      message: expect.stringMatching(
        /ended without restoring.*pid \d+ since.*Rows differ in public\.items\. Restore it first \(oversell check --restore\)/,
      ) as string,
    });
    expect(await database.restoreLeftover(leftovers[0]!)).toEqual([]);
  });
  expect(await dump(server.url)).toEqual(before);
});

test('discards a leftover and keeps the rows as they are', async () => {
  await leaveBehind();
  await withAppDatabase(server.ownerUrl, async (database) => {
    const [leftover] = await database.findLeftovers();
    await database.discardLeftover(leftover!);
    expect(await database.findLeftovers()).toEqual([]);
  });
  expect(await server.query('select units from items')).toEqual([{ units: 0 }]);
});

test('drops a snapshot that was never completed, without touching rows', async () => {
  const schema = 'oversell_snapshot_v1_00000000000a';
  await asApp(server.ownerUrl, (app) =>
    app.query(
      `create schema ${schema}; create table ${schema}.tables (id int); create table ${schema}.t1 (id int)`,
    ),
  );
  await server.query('update items set units = 5');
  await withAppDatabase(server.ownerUrl, async (database) => {
    const leftovers = await database.findLeftovers();
    expect(leftovers).toEqual([{ schema, isComplete: false, madeAt: null, madeBy: null, changedTables: [] }]);
    await expect(database.takeSnapshot()).rejects.toMatchObject({
      message: expect.stringContaining('was never completed') as string,
    });
    await database.restoreLeftover(leftovers[0]!);
    expect(await database.findLeftovers()).toEqual([]);
  });
  expect(await server.query('select units from items')).toEqual([{ units: 5 }]);
});

test('drops no schema that holds something else', async () => {
  const schema = 'oversell_snapshot_v1_00000000000b';
  await asApp(server.ownerUrl, (app) =>
    app.query(`create schema ${schema}; create table ${schema}.treasure (id int)`),
  );
  await withAppDatabase(server.ownerUrl, async (database) => {
    const [leftover] = await database.findLeftovers();
    for (const attempt of [database.restoreLeftover(leftover!), database.discardLeftover(leftover!)])
      await expect(attempt).rejects.toMatchObject({
        kind: 'leftover',
        message: expect.stringContaining('holds treasure') as string,
      });
  });
  await server.query(`drop schema ${schema} cascade`);
});

test('leaves a snapshot of another version or role to those that can read it', async () => {
  for (const [name, said] of [
    ['oversell_snapshot_v2_00000000000c', /another version of this program/],
    ['oversell_snapshot_v1_00000000000d', /belongs to the role \w+: connect as that role/],
  ] as const) {
    await server.query(`create schema ${name}`);
    if (name.includes('_v2_')) await server.query(`alter schema ${name} owner to ${server.role}`);
    await withAppDatabase(server.ownerUrl, async (database) => {
      const refusal = { kind: 'leftover', message: expect.stringMatching(said) as string };
      await expect(database.findLeftovers()).rejects.toMatchObject(refusal);
      await expect(database.takeSnapshot()).rejects.toMatchObject(refusal);
    });
    await server.query(`drop schema ${name}`);
  }
});

test('takes a schema with a similar name for what it is', async () => {
  await server.query('create schema oversell_snapshot_of_mine');
  await withAppDatabase(server.ownerUrl, async (database) =>
    expect(await database.findLeftovers()).toEqual([]),
  );
  await server.query('drop schema oversell_snapshot_of_mine');
});
