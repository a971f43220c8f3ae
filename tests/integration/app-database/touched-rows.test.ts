import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  asApp,
  createAppServer,
  withAppDatabase,
  type AppServer,
} from '../../fixtures/app-database/app-server';

let server: AppServer;

beforeAll(async () => {
  server = await createAppServer(`
    create table "order" ("the id" int primary key, "Total" numeric, doc json, note text);
    insert into "order" values (1, 1.0, '{"a":1}', null), (2, 2, null, 'two'), (3, 3, null, null);
    create table seats (hall text, place int, held_by text, upper_hall text generated always as (upper(hall)) stored,
      primary key (hall, place));
    insert into seats values ('A', 1, null), ('A', 2, null);
    create table log (line text, n int);
    insert into log values ('same', 1), ('same', 1), ('other', null);
    create table unique_only (code text not null unique, n int);
    insert into unique_only values ('x', 1);
    create table nullable_unique (code text unique, n int);
    insert into nullable_unique values (null, 1), (null, 2);
    create table idle (id int)`);
});
afterAll(() => server.drop());

test('tells inserted, deleted and changed rows, with their values before and after', async () => {
  await withAppDatabase(server.ownerUrl, async (database) => {
    const snapshot = await database.takeSnapshot();
    expect(await snapshot.touchedRows()).toEqual([]);
    await asApp(server.ownerUrl, (app) =>
      app.query(`
        update "order" set "Total" = 1.00 where "the id" = 1;
        update "order" set note = note where "the id" = 2;
        delete from "order" where "the id" = 3;
        insert into "order" values (4, null, '{"b": [1]}', 'a "quoted" \\ note, {}');
        update seats set held_by = 'ann' where place = 2;
        update seats set place = 10 where place = 1;
        insert into log values ('same', 1);
        delete from log where line = 'other';
        update unique_only set n = 2;
        update nullable_unique set n = 3 where n = 2`),
    );
    const order = { table: 'public."order"', key: ['the id'] };
    const seats = { table: 'public.seats', key: ['hall', 'place'] };
    const log = { table: 'public.log', key: undefined };
    const nullable = { table: 'public.nullable_unique', key: undefined };
    const seat = (place: string, held_by: string | null = null) => ({ hall: 'A', place, held_by });
    const rows = await snapshot.touchedRows();
    expect(rows.filter(({ table }) => table === order.table)).toEqual([
      {
        ...order,
        change: 'changed',
        before: { 'the id': '1', Total: '1.0', doc: '{"a":1}', note: null },
        after: { 'the id': '1', Total: '1.00', doc: '{"a":1}', note: null },
      },
      {
        ...order,
        change: 'deleted',
        before: { 'the id': '3', Total: '3', doc: null, note: null },
        after: null,
      },
      {
        ...order,
        change: 'inserted',
        before: null,
        after: { 'the id': '4', Total: null, doc: '{"b": [1]}', note: 'a "quoted" \\ note, {}' },
      },
    ]);
    expect(rows.filter(({ table }) => table === seats.table)).toEqual([
      { ...seats, change: 'deleted', before: seat('1'), after: null },
      { ...seats, change: 'changed', before: seat('2'), after: seat('2', 'ann') },
      { ...seats, change: 'inserted', before: null, after: seat('10') },
    ]);
    expect(rows.filter(({ table }) => table === log.table)).toEqual([
      { ...log, change: 'deleted', before: { line: 'other', n: null }, after: null },
      { ...log, change: 'inserted', before: null, after: { line: 'same', n: '1' } },
    ]);
    expect(rows.filter(({ table }) => table === 'public.unique_only')).toMatchObject([
      { key: ['code'], change: 'changed', before: { n: '1' }, after: { n: '2' } },
    ]);
    expect(rows.filter(({ table }) => table === nullable.table)).toEqual([
      { ...nullable, change: 'deleted', before: { code: null, n: '2' }, after: null },
      { ...nullable, change: 'inserted', before: null, after: { code: null, n: '3' } },
    ]);
    expect(await snapshot.touchedRows(['public.idle', 'public.unique_only'])).toHaveLength(1);
    expect(await snapshot.touchedRows(['public."order"'], 2)).toHaveLength(2);
    await expect(snapshot.touchedRows(['public.unknown'])).rejects.toThrow('no table public.unknown');
    await snapshot.finish();
  });
});
