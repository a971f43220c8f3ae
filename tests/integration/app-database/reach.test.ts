import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatabaseErrorKind } from '@/app-under-test/database/database-error';
import {
  addressOf,
  createAppServer,
  withAppDatabase,
  type AppServer,
} from '../../fixtures/app-database/app-server';
import { expectRefusal } from '../../fixtures/app-database/refusal';

let server: AppServer;

beforeAll(async () => {
  server = await createAppServer();
});
afterAll(() => server.drop());

const open = (url: string, more = {}) => withAppDatabase(url, () => Promise.resolve(), more);

test('refuses an address beyond loopback before it connects, unless that is allowed', async () => {
  // TEST-NET-1 is no one's address
  const url = addressOf(server.url, { host: '192.0.2.1:1' });
  await expectRefusal(open(url), 'not-loopback', '192.0.2.1:1', 'not this machine');
  const started = Date.now();
  await expect(open(url, { allowRemote: true })).rejects.toMatchObject({ kind: 'unreachable' });
  expect(Date.now() - started).toBeLessThan(60_000);
});

test('says that a name is unknown', async () => {
  await expectRefusal(
    open(addressOf(server.url, { host: 'no-such-host.invalid:5432' })),
    'unreachable',
    'no-such-host.invalid cannot be found',
  );
});

test('says that the server cannot be reached', async () => {
  const port = await withListener(createServer(), async (free) => free);
  await expectRefusal(
    open(addressOf(server.url, { host: `127.0.0.1:${port}` })),
    'unreachable',
    `127.0.0.1:${port}/${server.name} cannot be reached (ECONNREFUSED)`,
    'Start it',
  );
});

test('says that user or password are wrong', async () => {
  const wrong = addressOf(server.ownerUrl, { password: 'secret-but-wrong' });
  await expectRefusal(open(wrong), 'login-refused', `as ${server.role}`, 'refuses the user or the password');
  const none = addressOf(server.ownerUrl, { password: '' });
  await expectRefusal(open(none), 'login-refused', 'refuses the user or the password');
});

test('says that the role may not connect', async () => {
  const other = await createAppServer();
  await server.query(`revoke connect on database ${server.name} from public`);
  try {
    const url = addressOf(other.ownerUrl, { database: server.name });
    await expectRefusal(open(url), 'login-refused', 'denies this user the right to connect');
  } finally {
    await server.query(`grant connect on database ${server.name} to public`);
    await other.drop();
  }
});

test('says that there is no such database', async () => {
  await expectRefusal(
    open(addressOf(server.url, { database: 'nowhere' })),
    'no-such-database',
    'has no database of this name',
  );
});

test('says that what answers is not PostgreSQL', async () => {
  const web = createHttpServer();
  const greeter = createServer((socket) => socket.end('-ERR unknown command\r\n'));
  const hangsUp = createServer((socket) => socket.once('data', () => socket.destroy()));
  const mysql = createServer((socket) => socket.end(Buffer.from('4a0000000a382e302e333600', 'hex')));
  for (const listener of [web, greeter, hangsUp, mysql])
    await withListener(listener, (port) =>
      expectRefusal(
        open(addressOf(server.url, { host: `127.0.0.1:${port}` })),
        'not-postgresql',
        `127.0.0.1:${port}`,
        "does not speak PostgreSQL's protocol",
      ),
    );
});

test('says that what listens does not answer', async () => {
  const silent = createServer((socket) => socket.resume());
  await withListener(silent, (port) =>
    expectRefusal(
      open(addressOf(server.url, { host: `127.0.0.1:${port}` })),
      'unreachable',
      'did not answer within 5 s',
    ),
  );
});

/** A value of six characters in a row of a result: its length, and `server_version_num`. */
const SIX_DIGITS = new RegExp(`(?<=${String.fromCharCode(0, 0, 0, 6)})\\d{6}`);

test.each<[string, (answer: Buffer) => Buffer, DatabaseErrorKind, string]>([
  ['another product', replaced('PostgreSQL 1', 'Cockroach! 1'), 'not-postgresql', 'Cockroach!'],
  ['an old server', replaced(SIX_DIGITS, '120022'), 'too-old', 'Use PostgreSQL 13'],
  ['a pooler', withForeignKeyData, 'pooled', 'connection pooler'],
])('refuses %s', async (_what, change, kind, part) => {
  await withAlteredServer(server.url, change, (url) => expectRefusal(open(url), kind, part));
});

async function withListener<T>(listener: Server, use: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  listener.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  try {
    return await use((listener.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  }
}

/** A way to the server that changes what it answers, without changing its length. */
async function withAlteredServer(
  url: string,
  change: (answer: Buffer) => Buffer,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const { hostname, port } = new URL(url);
  const relay = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.on('close', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => client.destroy());
    upstream.on('data', (data: Buffer) => client.write(change(data))).on('end', () => client.end());
  });
  await withListener(relay, (free) => use(addressOf(url, { host: `127.0.0.1:${free}` })));
}

function replaced(what: string | RegExp, by: string): (answer: Buffer) => Buffer {
  return (answer) => Buffer.from(answer.toString('latin1').replace(what, by), 'latin1');
}

/** A pooler gives each client a process id of its own. */
function withForeignKeyData(answer: Buffer): Buffer {
  const start = answer.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
  if (start >= 0) answer.writeInt32BE(1, start + 5);
  return answer;
}
