import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../fixtures/database/database';
import { openHeldWire, type HeldWire } from '../fixtures/wire/held-wire';
import { message, openRawSession, type RawSession } from '../fixtures/wire/raw-session';

const { parse, bind, describe: ask, execute, sync, query } = message;

/** Values of the types that a shop keeps, edges among them. */
const EXPRESSIONS = [
  `true, false, null::bool`,
  `(-32768)::int2, 2147483647::int4, (-9223372036854775808)::int8, 4294967295::oid`,
  `1.5::float4, 0.1::float4, 3.25::float8, 'NaN'::float8, 1e300::float8 * 0`,
  `0::numeric, 0.00::numeric, -1234567.8900::numeric, 1e-10::numeric, 12345678901234567890.5::numeric`,
  `10000::numeric, 100000000::numeric, 0.0001::numeric, 'NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric`,
  `'2026-11-30'::date, '0001-01-01'::date, '12026-01-02'::date, 'infinity'::date, '-infinity'::date`,
  `'23:59:59.999999'::time, '00:00'::time`,
  `'1999-12-31 23:59:59.5'::timestamp, '2026-02-28 01:02:03'::timestamptz, 'infinity'::timestamptz`,
  `'1969-07-20 20:17:40.000001+00'::timestamptz, '-infinity'::timestamp`,
  `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, '{"a": 1}'::json, '{"a": [1, null]}'::jsonb`,
  `'text ü'::text, 'v'::varchar(5), 'b'::char(3), 'n'::name, 'c'::"char", '\\x00ff'::bytea, ''::text`,
];

let database: TestDatabase;
let wire: HeldWire;
let session: RawSession;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  wire = await openHeldWire(database.url);
  session = await openRawSession(wire.url);
});
afterAll(async () => {
  session.end();
  await wire.close();
  await database.drop();
});

async function run(...frames: Buffer[]) {
  session.send(...frames);
  const group = await wire.held();
  group.release();
  await wire.replied();
  group.deliver();
  return group;
}

test.each(EXPRESSIONS)('binary values read like the text that the server writes: %s', async (list) => {
  const text = await run(query(`select ${list}`));
  const binary = await run(
    parse(`select ${list}`),
    bind([], { resultFormats: [1] }),
    ask('P'),
    execute(),
    sync(),
  );
  expect(binary.reply.results[0]?.columns?.every(({ isBinary }) => isBinary)).toBe(true);
  expect(binary.reply.results[0]?.rows).toEqual(text.reply.results[0]?.rows);
});

test('a binary value of another type is hex', async () => {
  const group = await run(
    parse(`select '1.2.3.4'::inet`),
    bind([], { resultFormats: [1] }),
    ask('P'),
    execute(),
    sync(),
  );
  expect(group.reply.results[0]?.rows).toEqual([['\\x0220000401020304']]);
});

test('binary parameters are text by the types that the client or the server has given', async () => {
  const seven = Buffer.from([0, 0, 0, 7]);
  const given = await run(parse('select $1', '', [23]), bind([seven]), execute(), sync());
  expect(given.statements[0]?.parameters).toEqual(['7']);
  session.send(parse('select $1::int4, $2::bool', 'described'), ask('S', 'described'), sync());
  const described = await run(bind([seven, Buffer.from([1])], { statement: 'described' }), execute(), sync());
  expect(described.statements[0]?.parameters).toEqual(['7', 't']);
  expect(described.reply.results[0]?.rows).toEqual([['7', 't']]);
  const unknown = await run(parse('select $1::int4'), bind([seven]), execute(), sync());
  expect(unknown.statements[0]?.parameters).toEqual(['\\x00000007']);
});

test('a portal of a statement that SQL has prepared is read by its own description', async () => {
  await run(query('prepare by_sql as select 8::int4 as n'));
  const { statements, reply } = await run(
    bind([], { statement: 'by_sql', resultFormats: [1] }),
    ask('P'),
    execute(),
    sync(),
  );
  expect(statements[0]?.sql).toBeUndefined();
  expect(reply.results[0]).toMatchObject({ columns: [{ name: 'n' }], rows: [['8']] });
});
