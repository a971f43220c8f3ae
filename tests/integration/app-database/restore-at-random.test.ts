import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAppDatabase, type AppDatabase } from '@/app-under-test/database/app-database';
import { quoteIdentifier } from '@/app-under-test/database/catalogue';
import { connectOptions, createAppServer, type AppServer } from '../../fixtures/app-database/app-server';
import { dump } from '../../fixtures/app-database/dump';

const RUNS = Number(process.env.RUNS ?? 6);

/** Types with values that are easily changed on their way through text, JSON or a driver. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  int: ['0', '-2147483648', '2147483647'],
  numeric: ['1.0', '1.00', 'NaN', '-0.0000001', '123456789012345678901234567890.5'],
  float8: ['0.1', '-0', 'Infinity', '5e-324', '1.7976931348623157e308', 'NaN'],
  real: ['0.1', '16777217', '3.4e38'],
  text: ['', ' ', 'NULL', '"', "'", '\\', '{}', '()', ',', '\t\n', 'ä€😀', 'a'.repeat(3_000)],
  'char(5)': ['', 'a', 'a b'],
  bytea: ['\\x', '\\x00', '\\xdeadbeef'],
  jsonb: ['null', '{}', '{"b":1,"a":[1.0,null,"\\u00e4"]}', '"x"', '1e400'],
  json: ['{"b" : 1, "b": 2}', '[ ]', 'null'],
  timestamptz: ['epoch', '-infinity', '2026-03-29 02:30:00.123456+01', '0044-03-15 BC'],
  date: ['infinity', '0001-01-01 BC', '2026-02-28'],
  interval: ['1 mon -1 day 00:00:00.000001', '-178000000 years', '0'],
  'text[]': ['{}', '{NULL,"NULL",""}', '{{a,b},{c,"d,e"}}', '[2:3]={x,y}'],
  uuid: ['00000000-0000-0000-0000-000000000000'],
  bool: ['t', 'f'],
  int4range: ['empty', '[1,2)', '(,)'],
  'bit varying': ['', '101'],
  inet: ['::1/64', '10.0.0.1'],
  point: ['(1,2)', '(NaN,Infinity)'],
  xml: ['<a b="1">&lt;</a>'],
  tsvector: [`'a':1A 'b''c':2`, ''],
};

const typeNames = Object.keys(TYPES);
const cells = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 9 })), { minLength: 3, maxLength: 3 });

/** A table with three columns of any types, with or without a key, and what it holds before and after. */
const tables = fc.record({
  types: fc.array(fc.constantFrom(...typeNames), { minLength: 3, maxLength: 3 }),
  names: fc.uniqueArray(
    fc.string({
      minLength: 1,
      maxLength: 12,
      unit: fc.constantFrom('a', 'B', ' ', '"', "'", '.', '%', '$1', 'é', '{schema}'),
    }),
    { minLength: 3, maxLength: 3 },
  ),
  hasKey: fc.boolean(),
  rows: fc.array(cells, { maxLength: 12 }),
  later: fc.array(cells, { maxLength: 6 }),
  doomed: fc.array(fc.nat({ max: 11 }), { maxLength: 4 }),
  changed: fc.array(fc.nat({ max: 11 }), { maxLength: 4 }),
});

let server: AppServer;
let database: AppDatabase | undefined;

beforeAll(async () => {
  server = await createAppServer();
});
afterAll(() => server.drop());

function literal(type: string, [choice, nullness]: readonly [number, number]): string {
  const values = TYPES[type] ?? [];
  const value = values[choice % values.length];
  return value === undefined || nullness === 0 ? 'null' : `'${value.replaceAll("'", "''")}'::${type}`;
}

test.each(['url', 'ownerUrl'] as const)(
  'restores random rows of random tables, over the %s',
  async (which) => {
    await fc.assert(
      fc.asyncProperty(fc.array(tables, { minLength: 1, maxLength: 4 }), async (given) => {
        await server.query(`drop schema public cascade; create schema public authorization ${server.role}`);
        const insert = (
          index: number,
          { types }: (typeof given)[number],
          rows: (typeof given)[number]['rows'],
        ) =>
          rows
            .map((row) => row.map((cell, column) => literal(types[column]!, cell)))
            .map((values) => `insert into "T ${index}" ("a""1", "b 2", "c") values (${values.join(', ')})`);
        const setup = given.flatMap((table, index) => [
          `create table "T ${index}" (${table.hasKey ? 'id serial primary key, ' : ''}
          "a""1" ${table.types[0]}, "b 2" ${table.types[1]}, "c" ${table.types[2]})`,
          ...insert(index, table, table.rows),
          ...['a"1', 'b 2', 'c'].map(
            (name, column) =>
              `alter table "T ${index}" rename column ${quoteIdentifier(name)} to ${quoteIdentifier(`${table.names[column]}#`)}`,
          ),
        ]);
        await server.query(setup.map((sql) => `set role ${server.role}; ${sql}`).join(';\n'));
        const before = await dump(server.url);
        database = await openAppDatabase(connectOptions(server[which]));
        try {
          const snapshot = await database.takeSnapshot();
          const writes = given.flatMap(({ names, types, doomed, changed, later }, index) => {
            const column = quoteIdentifier(`${names[0]}#`);
            const at = (rows: readonly number[]) =>
              `ctid in (select ctid from (select ctid, row_number() over () - 1 as n from "T ${index}") x where n in (${rows.join(', ')}))`;
            return [
              ...(doomed.length > 0 ? [`delete from "T ${index}" where ${at(doomed)}`] : []),
              ...(changed.length > 0
                ? [
                    `update "T ${index}" set ${column} = ${literal(types[0]!, [changed[0]!, 1])} where ${at(changed)}`,
                  ]
                : []),
              ...later.map(
                (row) =>
                  `insert into "T ${index}" (${names.map((name) => quoteIdentifier(`${name}#`)).join(', ')})
                values (${row.map((cell, place) => literal(types[place]!, cell)).join(', ')})`,
              ),
            ];
          });
          if (writes.length > 0) await server.query(writes.join(';\n'));
          const changed = await snapshot.changedTables();
          const touched = await snapshot.touchedRows();
          expect([...new Set(touched.map(({ table }) => table))].sort()).toEqual(changed.sort());
          await snapshot.restoreWritten();
          expect(await snapshot.changedTables()).toEqual([]);
          expect(await snapshot.touchedRows(snapshot.tableIds)).toEqual([]);
          await snapshot.finish();
        } finally {
          await database.close();
        }
        expect(await dump(server.url)).toEqual(before);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  },
);
