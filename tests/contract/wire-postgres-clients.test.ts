import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PrismaClient } from '@/generated/prisma/client';
import { FrameReader } from '@/wire/postgres/frames';
import { readRowDescription } from '@/wire/postgres/messages';
import { startPostgresProxy, type PostgresProxy } from '@/wire/postgres/proxy';
import { createTestDatabase, type TestDatabase } from '../fixtures/database/database';

const run = promisify(execFile);

/** What each client does with a database; the same every time. */
const CLIENTS: Record<string, (url: string) => Promise<void>> = {
  'pg: simple, prepared, a cursor of rows, a transaction that fails': async (url) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('create table shop (sku text primary key, stock int)');
    for (let i = 0; i < 3; i += 1)
      await client.query({ name: 'put', text: 'insert into shop values ($1, $2)', values: [`sku ${i}`, i] });
    await client.query('begin');
    await client.query('insert into shop values ($1, 0)', ['sku 1']).catch(() => undefined);
    await client.query('rollback');
    await client.query({ text: 'select * from shop', rowMode: 'array' });
    await client.query({ text: 'select generate_series(1, 100)', values: [], rows: 7 } as pg.QueryConfig);
    await client.query('drop table shop');
    await client.end();
  },
  'postgres.js: pipelined, simple, COPY both ways, LISTEN and NOTIFY, a cursor': async (url) => {
    const sql = postgres(url, { max: 1, onnotice: () => undefined, fetch_types: false });
    await sql`create table shop (sku text primary key, stock int)`;
    await sql.begin((tx) => [0, 1, 2].map((n) => tx`insert into shop values (${`sku ${n}`}, ${n})`));
    await Promise.all([sql`select 1`, sql`select * from shop`, sql`select ${2}::int`, sql`select 1/0`]).catch(
      () => 0,
    );
    await sql`select 1; select 2`.simple();
    const into = await sql`copy shop from stdin`.writable();
    await new Promise((resolve, reject) => into.on('error', reject).on('finish', resolve).end('copied\t4\n'));
    const out = await sql`copy shop to stdout`.readable();
    await new Promise((resolve) => out.on('end', resolve).resume());
    await sql`select generate_series(1, 50) as n`.cursor(20, () => undefined);
    await sql`drop table shop`;
    await sql.end();
  },
  'Prisma: a transaction, an upsert, an error': async (url) => {
    const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 1 }) });
    await db.$executeRawUnsafe('create table shop (sku text primary key, stock int)');
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`insert into shop values ('a', 1)`;
      await tx.$queryRaw`select * from shop for update`;
    });
    await db.$executeRaw`insert into shop values ('a', 1)`.catch(() => undefined);
    await db.$queryRaw`select 1 as one, now() is not null as here`;
    await db.$executeRawUnsafe('drop table shop');
    await db.$disconnect();
  },
};

/** Programs that a machine may lack. */
const PROGRAMS: Record<string, (url: string) => Promise<unknown>> = {
  psql: async (url) => {
    const script = [
      'create table shop (n int);',
      "\\copy shop from program 'seq 5'",
      'select * from shop;',
      '\\copy (select * from shop) to /dev/null',
      'select 1/0;',
      '\\set FETCH_COUNT 2',
      'select * from shop;',
      'drop table shop;',
    ].join('\n');
    await withFile(script, (file) => run('psql', ['--no-psqlrc', '--quiet', `--file=${file}`, url]));
  },
  pgbench: async (url) => {
    await run('pgbench', ['--initialize', '--quiet', '--init-steps=dtGp', url]);
    await run('pgbench', ['--initialize', '--quiet', '--init-steps=dtgp', url]);
    for (const protocol of ['simple', 'extended', 'prepared'])
      await run('pgbench', [
        '--no-vacuum',
        '--random-seed=7',
        `--protocol=${protocol}`,
        '--transactions=50',
        url,
      ]);
    const pipelined =
      '\\startpipeline\nselect 1;\nselect 2;\nselect count(*) from pgbench_branches;\n\\endpipeline\n';
    await withFile(pipelined, (file) =>
      run('pgbench', ['--no-vacuum', '--protocol=prepared', '--transactions=20', `--file=${file}`, url]),
    );
    await run('pgbench', ['--initialize', '--quiet', '--init-steps=d', url]);
  },
};

async function withFile(text: string, use: (file: string) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'oversell-wire-'));
  await writeFile(join(folder, 'script.sql'), text);
  await use(join(folder, 'script.sql')).finally(() => rm(folder, { recursive: true }));
}

/** Runs a client through a relay, and returns both sides of what was said, connection by connection. */
async function record(url: string, client: (url: string) => Promise<unknown>): Promise<string[]> {
  const { hostname, port } = new URL(url);
  const said: { up: Buffer[]; down: Buffer[] }[] = [];
  const relay = createServer((socket) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    const one = { up: [] as Buffer[], down: [] as Buffer[] };
    said.push(one);
    socket.on('data', (chunk: Buffer) => one.up.push(chunk)).pipe(upstream);
    upstream.on('data', (chunk: Buffer) => one.down.push(chunk)).pipe(socket);
    for (const end of [socket, upstream])
      end.on('error', () => [socket, upstream].forEach((s) => s.destroy()));
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const relayed = new URL(url);
  relayed.host = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
  relayed.searchParams.set('sslmode', 'disable');
  await client(relayed.href);
  await new Promise((resolve) => relay.close(resolve));
  return said.map(({ down }) => show(Buffer.concat(down)));
}

/** A server's messages as text. What differs from run to run is left out: SCRAM, process ids, OIDs of tables. */
function show(bytes: Buffer): string {
  const lines: string[] = [];
  const reader = new FrameReader((code, buffer, start, end) => {
    const type = String.fromCharCode(code);
    const isTold = !'RKA'.includes(type);
    if (type === 'T') lines.push(`T ${JSON.stringify(readRowDescription(buffer.subarray(start, end)))}`);
    else lines.push(isTold ? `${type} ${buffer.toString('latin1', start + 5, end)}` : type);
  });
  reader.push(bytes);
  return lines.join('\n');
}

const exists = (program: string) =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );
const found = await Promise.all(
  Object.entries(PROGRAMS).map(async ([name, use]) => ((await exists(name)) ? { [name]: use } : {})),
);
const all = Object.assign({}, CLIENTS, ...found) as typeof CLIENTS;

let database: TestDatabase;
let proxy: PostgresProxy;
let held = 0;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  const { hostname, port } = new URL(database.url);
  proxy = await startPostgresProxy({
    upstream: { host: hostname, port: Number(port) },
    hooks: { held: (group) => (held++, group.release()), replied: (group) => group.deliver() },
  });
});
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

describe.each([
  ['passes', false],
  ['holds and releases at once', true],
])('through a wire that %s, a server says the same to', (_, holds) => {
  test.each(Object.entries(all))('%s', async (_name, client) => {
    const direct = await record(database.url, client);
    const url = new URL(database.url);
    url.host = `127.0.0.1:${proxy.port}`;
    proxy.hold(holds);
    held = 0;
    expect(await record(url.href, client)).toEqual(direct);
    expect(held > 0).toBe(holds);
    expect(direct.length).toBeGreaterThan(0);
  });
});
