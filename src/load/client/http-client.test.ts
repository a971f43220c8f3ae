import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deferred } from '@/lib/deferred';
import { OUTCOMES } from '@/model/outcome';
import type { Answer } from './answer';
import { HOLD_MS, HttpClient } from './http-client';
import { parseAddress } from './purchase-address';

/** For what is known by its time-out alone. */
const TIMEOUT_MS = 300;
/** Longer than a test may take, however busy the machine is. */
const NEVER_MS = 600_000;

async function open(
  server: ReturnType<typeof createServer> | Server,
  timeoutMs = NEVER_MS,
): Promise<HttpClient> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const address = parseAddress(`http://127.0.0.1:${port}/api/buy/any`);
  const buyer = await HttpClient.open(address, timeoutMs);
  onTestFinished(async () => {
    buyer.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return buyer;
}

/** A buyer whose target answers as Node's HTTP server does. */
function openBuyer(listener: RequestListener, timeoutMs?: number): Promise<HttpClient> {
  return open(createHttpServer(listener), timeoutMs);
}

/** A buyer whose target does to the socket what it likes, each time that a whole request has come. */
function openRawBuyer(
  react: (socket: Socket, request: number) => void,
  timeoutMs?: number,
): Promise<HttpClient> {
  let requests = 0;
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('}')) return;
      text = '';
      react(socket, (requests += 1));
    });
  });
  return open(server, timeoutMs);
}

/** Time-outs run when the test says so; connections go on by themselves. */
function useFakeTimers(): void {
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

const body = '{}';
const purchase = (buyer: HttpClient, attemptId = 'a') => buyer.purchase(attemptId, body);
const outcomeOf = ({ outcome }: Answer) => OUTCOMES[outcome];
const ACCEPTED = '{"outcome":"accepted"}';
const answerOf = (text: string, headers = '') =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\n${headers}\r\n${text}`;

test('reads what the answer says of the attempt', async () => {
  const buyer = await openBuyer((request, response) => {
    expect(request.method).toBe('POST');
    expect(request.headers['content-type']).toBe('application/json');
    response.end(
      JSON.stringify({
        outcome: 'accepted',
        orderId: '41',
        remaining: 7,
        retries: 2,
        seen: { stock: 8, version: 3 },
        trace: [2, 100, 250],
      }),
    );
  });
  const answer = await purchase(buyer);
  expect(outcomeOf(answer)).toBe('accepted');
  expect(answer).toMatchObject({
    status: 200,
    orderId: 41,
    remaining: 7,
    retries: 2,
    seenStock: 8,
    seenVersion: 3,
  });
  expect(answer.trace).toEqual([2, 100, 250]);
  expect(answer.returnUs).toBeGreaterThan(answer.callUs);
});

test.for<[string, RequestListener, string]>([
  ['no answer in time', () => undefined, 'indeterminate'],
  ['a connection broken before the answer', (request) => request.socket.destroy(), 'indeterminate'],
  [
    'a connection broken within the answer',
    (_, res) => res.write('{"outcome":', () => res.destroy()),
    'indeterminate',
  ],
  ['half an answer and then silence', (_, res) => void res.write('{"outcome":'), 'indeterminate'],
  ['a 500 without a word on the outcome', (_, res) => res.writeHead(500).end('oops'), 'indeterminate'],
  ['a 200 that is not JSON', (_, res) => res.end('<html>'), 'indeterminate'],
  ['a 204', (_, res) => res.writeHead(204).end(), 'indeterminate'],
  ['an outcome nobody knows', (_, res) => res.end('{"outcome":"maybe"}'), 'indeterminate'],
  ['an answer without end', (_, res) => void res.write('x'.repeat(1_000_000)), 'indeterminate'],
  ['a 404', (_, res) => res.writeHead(404).end('{"error":{}}'), 'error'],
  ['a 409 that says sold out', (_, res) => res.writeHead(409).end('{"outcome":"sold-out"}'), 'sold-out'],
  ['an answer in chunks', (_, res) => void (res.write('{"outcome":'), res.end('"conflict"}')), 'conflict'],
  [
    'the answer to another attempt',
    (_, res) => res.end('{"attemptId":"b","outcome":"accepted"}'),
    'indeterminate',
  ],
  ['the answer to this attempt', (_, res) => res.end('{"attemptId":"a","outcome":"accepted"}'), 'accepted'],
])('%s', async ([, listener, outcome]) => {
  const buyer = await openBuyer(listener, outcome === 'indeterminate' ? TIMEOUT_MS : NEVER_MS);
  expect(outcomeOf(await purchase(buyer))).toBe(outcome);
});

test.for<[string, string, string]>([
  ['an answer that ends with the connection', `HTTP/1.1 200 OK\r\n\r\n${ACCEPTED}`, 'accepted'],
  ['an answer of an old server', `HTTP/1.0 200 OK\r\n\r\n${ACCEPTED}`, 'accepted'],
  ['an answer cut short', answerOf(ACCEPTED).slice(0, -3), 'indeterminate'],
  ['chunks cut short', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"out', 'indeterminate'],
  ['nothing', '', 'indeterminate'],
])('%s, and then the end of the connection: %s', async ([, text, outcome]) => {
  const buyer = await openRawBuyer((socket) => socket.end(text));
  expect(outcomeOf(await purchase(buyer))).toBe(outcome);
});

test.for<[string, string]>([
  ['garbage', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
  ['bytes that are no text', '\u0000\u0001\u00ff\n'.repeat(40)],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n'],
  ['a negative length, back to its own beginning', 'HTTP/1.1 200 OK\r\ncontent-length: -41\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}'],
  ['a negative chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\n{}'],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
])('%s is no answer, and is known at once', async ([, text]) => {
  const buyer = await openRawBuyer((socket) => socket.write(text, 'latin1'));
  expect(outcomeOf(await purchase(buyer))).toBe('indeterminate');
});

test('a status of five digits is none', async () => {
  const text = 'HTTP/1.1 99999 OK\r\ncontent-length: 0\r\n\r\n';
  const buyer = await openRawBuyer((socket) => socket.write(text));
  const answer = await purchase(buyer);
  expect([outcomeOf(answer), answer.status]).toEqual(['indeterminate', 0]);
});

test('an answer may come one byte at a time, after word that it will come', async () => {
  const text = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${answerOf('{"outcome":"accepted","é":"é"}')}`;
  const bytes = Buffer.from(text);
  const buyer = await openRawBuyer((socket) => {
    void [...bytes].reduce(
      (before, byte) =>
        before.then(
          () => new Promise<void>((next) => void socket.write(Buffer.of(byte), () => setImmediate(next))),
        ),
      Promise.resolve(),
    );
  });
  expect(outcomeOf(await purchase(buyer))).toBe('accepted');
  expect(outcomeOf(await purchase(buyer))).toBe('accepted');
});

test.for<[string, string]>([
  ['body', answerOf('{"outcome":"').replace(/length: \d+/, 'length: 1000000000')],
  ['body in chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40000000\r\n'],
  ['body of no length', 'HTTP/1.1 200 OK\r\n\r\n'],
  ['header', 'HTTP/1.1 200 OK\r\nx: '],
  ['status line', 'HTTP/1.1 200 '],
  ['chunk size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0'],
  ['trailer', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: '],
])('a gigabyte of %s is cut off after a few reads', async ([, start]) => {
  let taken = 0;
  const filler = Buffer.alloc(1024 * 1024, '0');
  const buyer = await openRawBuyer((socket) => {
    socket.write(start);
    const pour = () => {
      if (socket.destroyed || taken > 1_000) return;
      taken += 1;
      socket.write(filler, pour);
    };
    pour();
  });
  const before = process.memoryUsage();
  const answer = await purchase(buyer);
  const after = process.memoryUsage();
  expect(outcomeOf(answer)).toBe('indeterminate');
  // what the system buffers of both ends, and no more
  expect(taken).toBeLessThan(50);
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64 * 1024 * 1024);
});

test('interim answers without end are cut off as well', async () => {
  const buyer = await openRawBuyer((socket) => {
    const pour = () =>
      void (!socket.destroyed && socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(100), pour));
    pour();
  });
  expect(outcomeOf(await purchase(buyer))).toBe('indeterminate');
});

test.for<[string, (socket: Socket) => void]>([
  ['at once', (socket) => socket.write(answerOf(ACCEPTED).repeat(2))],
  ['of which only the beginning has come', (socket) => socket.write(`${answerOf(ACCEPTED)}HTTP/1`)],
  [
    'soon after',
    (socket) =>
      socket.write(answerOf(ACCEPTED), () => setTimeout(() => socket.write(answerOf(ACCEPTED)), 20)),
  ],
])('a second answer, %s, is never taken for that of the next attempt', async ([, react]) => {
  const closed = deferred();
  const buyer = await openRawBuyer((socket, request) => {
    if (request > 1) return void socket.write(answerOf('{"outcome":"sold-out"}'));
    socket.on('close', () => closed.resolve());
    react(socket);
  });
  expect(outcomeOf(await purchase(buyer))).toBe('accepted');
  // it has seen what it did not ask for
  await closed.promise;
  expect(outcomeOf(await purchase(buyer))).toBe('sold-out');
});

test('an answer after the time-out is never taken for that of the next attempt', async () => {
  let late: Socket | undefined;
  useFakeTimers();
  const buyer = await openRawBuyer((socket, request) => {
    if (request === 1) {
      late = socket;
      vi.advanceTimersByTime(NEVER_MS);
    }
    // the next attempt is in flight when it comes
    else late?.end(answerOf(ACCEPTED), () => socket.write(answerOf('{"outcome":"sold-out"}')));
  });
  expect(outcomeOf(await purchase(buyer))).toBe('indeterminate');
  expect(outcomeOf(await purchase(buyer))).toBe('sold-out');
});

test.for<[string, (socket: Socket) => void]>([
  ['broke', (socket) => socket.destroy()],
  ['was reset', (socket) => socket.resetAndDestroy()],
  ['was closed with the answer', (socket) => socket.end(answerOf(ACCEPTED, 'connection: close\r\n'))],
  ['should be closed and was not', (socket) => socket.write(answerOf(ACCEPTED, 'Connection: Close\r\n'))],
  ['was closed after the answer', (socket) => socket.write(answerOf(ACCEPTED), () => socket.end())],
])('goes on over a new connection after one that %s', async ([name, react]) => {
  const sockets = new Set<Socket>();
  const closed = deferred();
  const buyer = await openRawBuyer((socket, request) => {
    sockets.add(socket);
    if (request > 1) return void socket.write(answerOf('{"outcome":"sold-out"}'));
    socket.on('close', () => closed.resolve());
    react(socket);
  });
  const first = /answer|should/.test(name) ? 'accepted' : 'indeterminate';
  expect(outcomeOf(await purchase(buyer))).toBe(first);
  await closed.promise;
  expect(outcomeOf(await purchase(buyer))).toBe('sold-out');
  expect(sockets.size).toBe(2);
});

test('one connection carries purchase after purchase', async () => {
  const sockets = new Set<Socket>();
  const buyer = await openBuyer((request, response) => {
    sockets.add(request.socket);
    response.end(ACCEPTED);
  });
  for (let i = 0; i < 20; i += 1) expect(outcomeOf(await purchase(buyer))).toBe('accepted');
  expect(sockets.size).toBe(1);
});

test('a target that has gone sold nothing: an error, and not indeterminate', async () => {
  const closed = deferred();
  const server = createServer((socket) =>
    socket
      .on('close', () => closed.resolve())
      .resume()
      .end(),
  );
  const buyer = await open(server);
  // by both ends
  await closed.promise;
  server.close();
  const answer = await purchase(buyer);
  expect([outcomeOf(answer), answer.status]).toEqual(['error', 0]);
});

test('what is given up is indeterminate at once, and before it was sent an error', async () => {
  const buyer = await openRawBuyer(() => undefined);
  const waiting = purchase(buyer);
  buyer.abort();
  expect(outcomeOf(await waiting)).toBe('indeterminate');
  const connecting = purchase(buyer);
  buyer.abort();
  expect(outcomeOf(await connecting)).toBe('error');
});

test('a purchase that is held is not answered before its last byte is sent, and is called when it is', async () => {
  let bodies = 0;
  const buyer = await openBuyer((request, response) => {
    request.resume().on('end', () => {
      bodies += 1;
      response.end(ACCEPTED);
    });
  });
  const held = buyer.hold('a', body);
  await held.written;
  const heldAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(bodies).toBe(0);
  held.release();
  const answer = await held.answer;
  expect([outcomeOf(answer), bodies]).toEqual(['accepted', 1]);
  expect(answer.callUs / 1_000).toBeGreaterThan(heldAt + 70);
});

test('the time-out of a held purchase runs from its release', async () => {
  useFakeTimers();
  const buyer = await openBuyer((request, response) => {
    request.resume().on('end', () => response.end(ACCEPTED));
  }, TIMEOUT_MS);
  await purchase(buyer, 'before');
  const held = buyer.hold('a', body);
  await held.written;
  vi.advanceTimersByTime(HOLD_MS / 2);
  held.release();
  expect(outcomeOf(await held.answer)).toBe('accepted');
});

test('a held purchase that is released and not answered is given up after its time-out', async () => {
  const buyer = await openBuyer((request) => void request.resume(), TIMEOUT_MS);
  const held = buyer.hold('a', body);
  await held.written;
  held.release();
  expect(outcomeOf(await held.answer)).toBe('indeterminate');
});

test('a held purchase that is never released is given up, and was not sent', async () => {
  const buyer = await openBuyer((_, response) => void response.end(ACCEPTED));
  useFakeTimers();
  const held = buyer.hold('a', body);
  await held.written;
  vi.advanceTimersByTime(HOLD_MS);
  expect(outcomeOf(await held.answer)).toBe('error');
});

test('a held purchase that is answered before its last byte uses its connection up', async () => {
  const sockets = new Set<Socket>();
  const buyer = await openBuyer((request, response) => {
    sockets.add(request.socket);
    if (sockets.size === 1) response.writeHead(413).end('{}');
    else request.resume().on('end', () => response.end(ACCEPTED));
  });
  const held = buyer.hold('a', body);
  expect(outcomeOf(await held.answer)).toBe('error');
  held.release();
  expect(outcomeOf(await purchase(buyer, 'b'))).toBe('accepted');
  expect(sockets.size).toBe(2);
});

test('nobody listening is said at once', async () => {
  await expect(HttpClient.open(parseAddress('http://127.0.0.1:1/'), TIMEOUT_MS)).rejects.toThrow(
    'http://127.0.0.1:1 cannot be reached: nothing listens there (ECONNREFUSED). Start it, or correct the address.',
  );
});

test('an address that is no http address is refused', () => {
  expect(() => parseAddress('https://shop.example/buy')).toThrow('is not an http:// address');
  expect(parseAddress('http://[::1]:81/x?y=1')).toMatchObject({ host: '::1', port: 81 });
  expect(parseAddress('http://[::1]/')).toMatchObject({ host: '::1', port: 80 });
  expect(parseAddress('HTTP://localhost:080?x=a:1')).toMatchObject({ host: 'localhost', port: 80 });
});

test.for(['http://127.0.0.1:99999/', 'http://127.0.0.1:0', 'http://[::1]:70000?x'])(
  '%s has no port',
  (address) => {
    expect(() => parseAddress(address)).toThrow('ports are from 1 to 65535');
  },
);
