import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import express from 'express';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isForApi, namesOf } from './cross-site';
import { describeReach } from './listen';
import { guard } from './security';

/** The guards alone, in front of a handler that tells what it was asked for. */
const app = express();
app.use(guard(namesOf('127.0.0.1', ['lab.example'])));
app.use((request, response) => {
  response.json({ target: request.originalUrl, host: request.get('host') });
});
const server = createServer(app);

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

/** Sends a request as it is written, and reads until the server ends the connection. */
async function send(requestLine: string, headers: Record<string, string> = {}) {
  const lines = Object.entries({ host: 'localhost', connection: 'close', ...headers });
  const head = [requestLine, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.setEncoding('utf8').write(head);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  const [, body = ''] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), body };
}

const targetOf = ({ body }: { body: string }) => (JSON.parse(body) as { target: string }).target;

describe('targets of request lines', () => {
  test.for([
    ['/api/races?limit=5', '/api/races?limit=5'],
    ['/api/buy/../..', '/'],
    ['/api/buy/%2e%2e/races', '/api/races'],
    ['/a/./b//c', '/a/b//c'],
    ['//evil.example/api', '/evil.example/api'],
    ['//', '/'],
    ['http://localhost:3000/races?x=1', '/races?x=1'],
    ['HTTP://LAB.EXAMPLE/', '/'],
    ['http://127.0.0.1', '/'],
  ])('%s is read as %s', async ([target, read]) => {
    const answer = await send(`GET ${target} HTTP/1.1`);
    expect(answer.status).toBe(200);
    expect(targetOf(answer)).toBe(read);
  });

  test.for([
    ['*', 400],
    ['races', 400],
    ['ftp://localhost/', 400],
    ['http://', 404],
    ['http://evil.example/races', 403],
    ['http://localhost@evil.example/', 403],
    ['http://a b/', 400],
  ] as const)('%s is refused with %i', async ([target, status]) => {
    expect((await send(`GET ${target} HTTP/1.1`)).status).toBe(status);
  });

  const pieces = [
    '/',
    '..',
    '.',
    'api',
    'buy',
    '%2e',
    '%2F',
    '%',
    '%00',
    '\\',
    '*',
    '?',
    '#',
    ':',
    '@',
    '//',
  ];
  const others = ['http://', 'https://', 'localhost', '[::1]', '[', 'x', '\u00e9', '\t', '"', '<'];
  test('whatever a target is made of, the answer is no fault of the server', async () => {
    const target = fc.array(fc.constantFrom(...pieces, ...others), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(target, async (parts) => {
        const { status } = await send(`GET ${parts.join('')} HTTP/1.1`);
        expect([200, 400, 403, 404]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });
});

describe('names', () => {
  test.for([
    ['localhost:3000', 200],
    ['LOCALHOST', 200],
    ['127.0.0.1:80', 200],
    ['[::1]:3000', 200],
    ['lab.example:8443', 200],
    ['evil.example', 403],
    ['lab.example.evil.example', 403],
    ['192.0.2.1', 403],
  ] as const)('the host %s is answered with %i', async ([host, status]) => {
    expect((await send('GET / HTTP/1.1', { host })).status).toBe(status);
  });

  test('a server on every interface answers to the addresses of the machine, and to no other name', () => {
    const addresses = Object.values(networkInterfaces()).flatMap((found = []) => found);
    const names = namesOf('0.0.0.0', ['oversell.test', 'fd00::7']);
    for (const { address, family } of addresses)
      expect(names).toContain(family === 'IPv6' ? `[${address}]` : address);
    expect(names).toContain('localhost');
    expect(names).toContain('oversell.test');
    expect(names).toContain('[fd00::7]');
    expect(names).not.toContain('0.0.0.0');
    expect(names).not.toContain('evil.example');
    expect(namesOf('lab.internal')).toContain('lab.internal');
  });

  test.for([
    ['127.0.0.1', /^Only programs on this machine can reach it\.$/],
    [
      '0.0.0.0',
      /^Anyone who can reach any network of this machine can use it, without a login\. .*lab\.example/,
    ],
    ['::', /^Anyone who can reach any network of this machine/],
    [
      '192.0.2.7',
      /^Anyone who can reach 192\.0\.2\.7 can use it, without a login\. .*192\.0\.2\.7, .*lab\.example/,
    ],
  ] as const)('a server that listens on %s says at its start who can reach it', ([host, said]) => {
    expect(describeReach(host, namesOf(host, ['lab.example']))).toMatch(said);
  });
});

describe('requests of other sites', () => {
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  // to an address that it does not trust, a browser tells nothing of the site
  const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)', host: 'lab.example' };
  const cases: [string, Record<string, string>, number][] = [
    ['GET /races', link, 200],
    ['GET /races', { ...link, 'sec-fetch-dest': 'iframe' }, 403],
    ['GET /races', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['GET /races', { 'sec-fetch-site': 'same-origin' }, 200],
    ['GET /races', { 'sec-fetch-site': 'none' }, 200],
    ['POST /races', link, 403],
    ['GET /api/races', link, 403],
    ['GET /%61PI/races', link, 403],
    ['GET /x/../api/isolation', link, 403],
    ['HEAD /api/isolation', link, 403],
    ['GET /api/races', {}, 200],
    ['GET /api/races', { origin: 'https://evil.example' }, 403],
    ['GET /api/races', { origin: 'http://localhost' }, 200],
    ['GET /api/races', browser, 200],
    ['GET /api/races', { ...browser, referer: 'http://evil.example/' }, 403],
    ['GET /api/races', { ...browser, referer: 'http://lab.example/races' }, 200],
    ['GET /races', { ...browser, referer: 'http://evil.example/' }, 200],
    ['GET /api/api-test', browser, 403],
    ['GET /api/%61pi-test?attempts=5', browser, 403],
    ['GET /api/create-inventory-key.data', browser, 403],
    ['GET /API/Isolation/', browser, 403],
    ['GET /api/isolation', { ...browser, referer: 'http://lab.example/isolation' }, 200],
    ['GET /api/api-test', { ...browser, 'sec-fetch-site': 'same-origin' }, 200],
    ['GET /api/api-test', { ...browser, 'user-agent': 'curl/8.5.0' }, 200],
    // to one that it trusts, it does: a program that calls itself a browser
    ['GET /api/api-test', { ...browser, host: 'localhost:3000' }, 200],
    ['GET /api/api-test', { ...browser, host: '127.0.0.1:3000' }, 200],
    ['GET /api/api-test', { ...browser, host: '[::1]:3000' }, 200],
  ];
  test.for(cases)('%s with %j is answered with %i', async ([line, headers, status]) => {
    expect((await send(`${line} HTTP/1.1`, headers)).status).toBe(status);
  });

  test.for([
    ['/api/races', true],
    ['/API', true],
    ['/%61%70%69/x', true],
    ['/apis', false],
    ['//api/races', false],
    ['/%', false],
  ] as const)('%s is below /api: %s', ([url, expected]) => {
    expect(isForApi(url)).toBe(expected);
  });
});
