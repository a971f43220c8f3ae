import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import type { RequestOptions } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { AttemptRecord } from '@/model/attempt-record';
import { projectRoot } from '@/services/env';
import { ownServerTest as test } from '../fixtures/server/server-test';
import type { Api } from '../fixtures/server/server-test';

interface ErrorBody {
  error: { code: string; message: string; issues?: { path: string; message: string }[] };
}

/** The status of a request that `fetch` would refuse to send. */
function statusOf(url: string, options: RequestOptions, body = ''): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end(body);
  });
}

const errorOf = async (response: Response) => ((await response.json()) as ErrorBody).error;

describe('requests of other sites', () => {
  const crossSite: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://example.com' },
    { origin: 'null' },
  ];

  test.for(crossSite)('refuses %j wherever something would change', async (headers, { api }) => {
    const sku = await api.createItem(3);
    const refused = await Promise.all([
      api.post('/api/buy-good', { sku }, headers),
      api.get(`/api/create-inventory-key?sku=${sku}&stock=9`, { headers }),
      api.get('/api/api-test', { headers }),
      api.get('/API/Api-Test/', { headers }),
      api.get('/api/races', { headers }),
      api.get('/api/isolation', { headers }),
      api.post('/api/races', { strategies: ['conditional-update'] }, headers),
    ]);
    for (const { status } of refused) expect(status).toBe(403);
    expect(await (await api.post('/api/buy-good', { sku })).json()).toMatchObject({ remaining: 2 });
  });

  test.for([
    '/api/%63reate-inventory-key?sku=pwned&stock=7',
    '/api/create-inventory%2Dkey?sku=pwned&stock=7',
    '/api/create-inventory-key.data?sku=pwned&stock=7',
    '/api/create-inventory-key/?sku=pwned&stock=7',
    '/api/%61pi-test?attempts=5&stock=2',
  ])('refuses %s, however the address is written', async (path, { api }) => {
    const response = await api.get(path, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(response.status).not.toBe(200);
    expect((await api.post('/api/buy-good', { sku: 'pwned' })).status).toBe(404);
    const { races } = (await (await api.get('/api/races')).json()) as { races: unknown[] };
    expect(races).toEqual([]);
  });

  test('a HEAD request changes nothing', async ({ api }) => {
    const paths = ['/api/create-inventory-key?sku=headless', '/api/api-test', '/api/isolation'];
    for (const path of paths) {
      const response = await api.get(path, { method: 'HEAD' });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
    }
    expect((await api.post('/api/buy-good', { sku: 'headless' })).status).toBe(404);
    expect(await (await api.get('/api/races')).json()).toMatchObject({ races: [] });
  });

  test('lets this site and programs pass, and links to pages', async ({ api }) => {
    const sku = await api.createItem(3);
    expect((await api.post('/api/buy-good', { sku }, { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await api.post('/api/buy-good', { sku }, { origin: api.url })).status).toBe(200);
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const options = { headers: link };
    expect(await statusOf(`${api.url}/races`, options)).toBe(200);
    expect(await statusOf(`${api.url}/api/races`, options)).toBe(403);
  });
});

describe('everything else', () => {
  test('lists the strategies with their class', async ({ api }) => {
    const strategies = (await (await api.get('/api/strategies')).json()) as {
      id: string;
      expected: string;
    }[];
    const classes = Object.fromEntries(strategies.map(({ id, expected }) => [id, expected]));
    expect(classes).toMatchObject({ 'read-then-write': 'unsafe', 'conditional-update': 'safe' });
  });

  test('describes itself as OpenAPI from the schemas that check requests', async ({ api }) => {
    const document = (await (await api.get('/api/openapi.json')).json()) as {
      openapi: string;
      paths: Record<string, Record<string, unknown>>;
      components: { schemas: Record<string, { properties: Record<string, { maximum?: number }> }> };
    };
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths)).toContain('/api/races/{raceId}/events');
    expect(document.components.schemas.Purchase?.properties.quantity?.maximum).toBe(1_000);
    // every route has its place in it, under the methods that it answers
    const documented = Object.keys(document.paths).map((path) => path.replaceAll(/\{(\w+)\}/g, '$$$1'));
    const routes = readdirSync(path.join(projectRoot, 'app/routes'))
      .filter((file) => file.startsWith('api.') && file !== 'api.$.ts')
      .map((file) => `/${file.replace(/\.ts$/, '').replaceAll('[.]', '\0').replaceAll('.', '/')}`)
      .map((route) => route.replaceAll('\0', '.'));
    // Express itself serves the metrics, whatever becomes of the pages
    expect(documented.sort()).toEqual([...routes, '/metrics'].sort());
  });

  test('an unknown API address is a JSON 404, a malformed one a 400', async ({ api }) => {
    const unknown = await api.get('/api/nothing');
    expect(unknown.status).toBe(404);
    expect(await errorOf(unknown)).toMatchObject({ code: 'not-found' });
    expect((await api.get('/api/races/%E0%A4%A')).status).toBe(400);
  });

  test.for([
    [{ method: 'TRACE' }, 405],
    [{ method: 'PROPFIND' }, 405],
    [{ headers: { host: 'a b' } }, 400],
    [{ headers: { host: 'x:99999' } }, 400],
    [{ headers: { host: '[::1' } }, 400],
    [{ headers: { 'x-forwarded-host': 'x:99999' } }, 200],
    // a page's own name that points to this machine since it was loaded
    [{ headers: { host: 'elsewhere.example:3000' } }, 403],
    [{ headers: { host: 'localhost:3000' } }, 200],
  ] as const)('%j is answered with %i', async ([options, status], { api }) => {
    expect(await statusOf(`${api.url}/api/strategies`, options)).toBe(status);
    expect(await statusOf(`${api.url}/`, options)).toBe(status);
  });

  test.for(['%00', 'nope%00', 'UPPER', '..%2f', 'x'.repeat(500)])(
    'the race id %s is unknown, not a fault',
    async (id, { api }) => {
      for (const path of [`/api/races/${id}`, `/api/races/${id}/events`, `/races/${id}`]) {
        expect((await api.get(path)).status).toBe(404);
      }
      const cursor = `2020-01-01T00:00:00.000Z~${id}`;
      expect((await api.get(`/api/races?cursor=${cursor}`)).status).toBe(400);
    },
  );

  test('the start says who can reach the server', ({ api }) => {
    expect(api.server.output()).toContain('Only programs on this machine can reach it.');
  });

  test('every answer carries a request id and security headers', async ({ api }) => {
    const { headers } = await api.get('/api/strategies');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('request lines that no browser sends', () => {
  /** Sends the line as it is, and answers with the status of what comes back. */
  async function sendLine(api: Api, line: string): Promise<number> {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.setEncoding('utf8').write(`${line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
  }

  test.for([
    ['GET http://localhost/api/strategies', 200],
    ['GET http://elsewhere.example/api/strategies', 403],
    ['GET *', 400],
    ['GET /api/buy/../..', 200],
    ['GET /api/buy/../../races', 200],
    ['GET /api/buy/../strategies', 200],
    ['GET /api/buy/%2e%2e/strategies', 200],
    ['POST /api/buy/../buy-good', 200],
    ['GET //', 200],
  ] as const)('%s is answered with %i', async ([line, status], { api }) => {
    expect(await sendLine(api, line)).toBe(status);
  });

  test('no target makes the server fail', async ({ api }) => {
    const parts = [
      '/',
      '..',
      'api',
      'buy',
      'races',
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
      '[',
      '\t',
    ];
    const target = fc.array(fc.constantFrom(...parts, '//', 'http://', 'localhost', '.data', '_root'), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE'), target, async (method, pieces) => {
        expect(await sendLine(api, `${method} ${pieces.join('')}`)).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });
});

describe('items of the lab', () => {
  test('cannot be reset or bought from outside', async ({ api }) => {
    const plan = { strategies: ['conditional-update'], stock: 10, attempts: 60, concurrency: 10 };
    const id = await api.startRace(plan);
    const sku = `race.${id}.0`;
    const refused = await Promise.all([
      api.get(`/api/create-inventory-key?sku=${sku}&stock=500`),
      api.post('/api/buy-good', { sku }),
      api.post('/api/buy/read-then-write', { sku, attemptId: 'mine' }),
      api.post('/api/buy/read-then-write', { sku, attemptId: `${id}.0.7` }),
      api.post('/api/buy-good', { sku, attemptId: `${id}.warm-up.3` }),
      api.post('/api/buy-good', { sku, attemptId: `${id}.0.8` }, { 'x-oversell-load': id }),
      api.post('/api/buy-good', { sku: 'explored-zik0zj-k7w2m9qd.1.0' }),
    ]);
    for (const response of refused) {
      expect(response.status).toBe(409);
      expect(await errorOf(response)).toMatchObject({ code: 'lab-item' });
    }
    // any purchase may bear this name, but what it bought elsewhere is no evidence of this race
    const elsewhere = { sku: await api.createItem(1), attemptId: `${id}.0.0` };
    expect((await api.post('/api/buy-good', elsewhere)).status).toBe(200);
    const race = await api.whenOver(id);
    const first = (await (await api.get(`/api/races/${id}/attempts/0?lane=0`)).json()) as AttemptRecord;
    expect(first.orders).toHaveLength(first.outcome === 'accepted' ? 1 : 0);
    expect(race.lanes[0]).toMatchObject({
      verdict: { findings: [] },
      counts: { attempts: 60, accepted: 10 },
      orders: { count: 10 },
    });
  });
});

describe('forms of pages', () => {
  const form = (body: string) => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    body,
  });

  test.for(['/?index', '/races?index', '/races/nope', '/theme'])(
    '%s answers a body that is no form with 400',
    async (path, { api }) => {
      const response = await api.post(path, { not: 'a form' });
      expect(response.status).toBe(400);
    },
  );

  test.for(['/?index', '/races/nope', '/theme'])('%s refuses a form of 2 MB', async (path, { api }) => {
    const response = await api.get(path, form(`stock=${'1'.repeat(2_000_000)}`));
    expect(response.status).toBe(413);
  });

  test('a form is one however its address is written', async ({ api }) => {
    const body = `theme=${'d'.repeat(100_000)}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
    for (const path of ['/api/../theme', '/api/%2e%2e/theme'])
      expect(await statusOf(`${api.url}/`, { method: 'POST', path, headers }, body)).toBe(413);
  });

  test('a plan that cannot be run is shown again with its problems', async ({ api }) => {
    const response = await api.get('/?index', form('strategies=pray&stock=lots'));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('must be a whole number from 0 to 1,000,000');
  });

  test.for(['/?index', '/races/nope', '/races?index', '/theme', '/nothing'])(
    '%s refuses a form of another site, however the browser words it',
    async (path, { api }) => {
      const words: Record<string, string>[] = [
        { origin: 'https://example.com', 'sec-fetch-site': 'same-origin' },
        { origin: 'null' },
      ];
      for (const headers of words) {
        const response = await api.get(path, {
          ...form('theme=dark'),
          headers: { ...form('').headers, ...headers },
        });
        expect(response.status).toBe(403);
      }
    },
  );

  test.for([
    ['//example.com', '/'],
    ['/\\example.com', '/'],
    ['/\t/example.com', '/'],
    ['/.//example.com', '/'],
    ['/x/..//example.com', '/'],
    ['https://example.com/', '/'],
    ['javascript:alert(1)', '/'],
    ['/races\r\nset-cookie: a=b', '/racesset-cookie:%20a=b'],
    ['/races?model=open', '/races?model=open'],
  ] as const)('a theme form that would return to %j leads to %s', async ([returnTo, location], { api }) => {
    const body = new URLSearchParams({ theme: 'dark', returnTo }).toString();
    const response = await api.get('/theme', { ...form(body), redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(location);
  });
});
