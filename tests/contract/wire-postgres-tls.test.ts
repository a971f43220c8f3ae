import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgresProxy, type PostgresProxy } from '@/wire/postgres/proxy';
import { createTestDatabase, type TestDatabase } from '../fixtures/database/database';

let database: TestDatabase;
let proxy: PostgresProxy;
let plain: PostgresProxy;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  const { hostname, port } = new URL(database.url);
  const upstream = { host: hostname, port: Number(port) };
  proxy = await startPostgresProxy({ upstream });
  plain = await startPostgresProxy({ upstream, tls: false });
});
afterAll(async () => {
  await Promise.all([proxy.close(), plain.close()]);
  await database.drop();
});

const via = ({ port }: PostgresProxy, change: (url: URL) => void = () => undefined): string => {
  const url = new URL(database.url);
  url.host = `127.0.0.1:${port}`;
  change(url);
  return url.href;
};

async function connectWith(config: pg.ClientConfig): Promise<{ rows: unknown[]; isEncrypted: boolean }> {
  const client = new pg.Client(config);
  await client.connect();
  const { rows } = await client.query('select 1 as one');
  const { stream } = (client as unknown as { connection: { stream: { encrypted?: boolean } } }).connection;
  await client.end();
  return { rows, isEncrypted: stream.encrypted === true };
}

test('a client that requires TLS gets it, and its SCRAM password passes', async () => {
  const found = await connectWith({ connectionString: via(proxy), ssl: { rejectUnauthorized: false } });
  expect(found).toEqual({ rows: [{ one: 1 }], isEncrypted: true });
});

test.each(['localhost', '127.0.0.1'])(
  'a client that verifies %s believes the certificate as its root',
  async (host) => {
    const ssl = { ca: await proxy.certificate(), host };
    const connectionString = via(proxy, (url) => (url.hostname = host));
    expect(await connectWith({ connectionString, ssl })).toEqual({ rows: [{ one: 1 }], isEncrypted: true });
  },
);

test('a client that verifies and does not know the certificate refuses it', async () => {
  await expect(connectWith({ connectionString: via(proxy), ssl: true })).rejects.toThrow(
    'self-signed certificate',
  );
});

test('a proxy told not to offer TLS says so', async () => {
  expect(await connectWith({ connectionString: via(plain) })).toMatchObject({ isEncrypted: false });
  await expect(
    connectWith({ connectionString: via(plain), ssl: { rejectUnauthorized: false } }),
  ).rejects.toThrow('does not support SSL');
});

test('a wrong password and a database that is not there give the same errors as without the proxy', async () => {
  const failure = (url: string) =>
    connectWith({ connectionString: url }).then(
      () => undefined,
      (error: unknown) => {
        const { code, severity, message } = error as pg.DatabaseError;
        return { code, severity, message };
      },
    );
  for (const change of [
    (url: URL) => (url.password = 'wrong'),
    (url: URL) => (url.pathname = '/nowhere'),
    (url: URL) => (url.username = 'nameless'),
  ]) {
    const direct = new URL(database.url);
    change(direct);
    const expected = await failure(direct.href);
    expect(expected?.severity).toBe('FATAL');
    expect(await failure(via(proxy, change))).toEqual(expected);
  }
});

test('a request for GSS encryption is answered with no, and a session may follow', async () => {
  const socket = connect({ host: '127.0.0.1', port: proxy.port });
  const received: Buffer[] = [];
  const next = () => new Promise<Buffer>((resolve) => socket.once('data', resolve));
  socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 48]));
  received.push(await next());
  const startup = Buffer.from(`\0\0\0\0\0\x03\0\0user\0${new URL(database.url).username}\0\0`);
  startup.writeInt32BE(startup.length, 0);
  socket.write(startup);
  received.push(await next());
  socket.destroy();
  // N, then the server's AuthenticationSASL
  expect(received.map((bytes) => String.fromCharCode(bytes[0]!))).toEqual(['N', 'R']);
});

test.each([
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a length that is too short', Buffer.from([0, 0, 0, 4, 0, 0, 0, 0])],
  ['bytes sent ahead of the TLS handshake', Buffer.from([0, 0, 0, 8, 4, 210, 22, 47, 1, 2, 3])],
])('%s ends the connection', async (_, bytes) => {
  const socket = connect({ host: '127.0.0.1', port: proxy.port });
  const closed = new Promise((resolve) => socket.on('close', resolve));
  let received = '';
  socket.on('error', () => undefined).on('data', (chunk) => (received += chunk.toString()));
  socket.write(bytes);
  await closed;
  expect(received).toBe('');
});

test('a PostgreSQL that cannot be reached is named in an error', async () => {
  const nothing = await startPostgresProxy({ upstream: { host: '127.0.0.1', port: 1 } });
  await expect(connectWith({ connectionString: via(nothing) })).rejects.toMatchObject({
    code: '08001',
    message: expect.stringContaining('cannot reach PostgreSQL') as string,
  });
  await nothing.close();
});
