import { request } from 'node:http';
import type { RequestOptions } from 'node:http';
import { describe, expect } from 'vitest';
import { serverTest as test } from '../fixtures/server-test';

interface ErrorBody {
  error: { code: string; message: string; issues?: { path: string; message: string }[] };
}

/** The status of a request that `fetch` would refuse to send. */
function statusOf(url: string, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

const errorOf = async (response: Response) => ((await response.json()) as ErrorBody).error;

describe('health', () => {
  test('says what runs and how fast it answers', async ({ api }) => {
    const response = await api.get('/api/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      checks: {
        postgres: { ok: true, version: expect.stringMatching(/^\d+/) as string },
        redis: { ok: true, version: expect.stringMatching(/^\d+\./) as string },
      },
    });
  });
});

describe('create-inventory-key', () => {
  test('creates an item, and creates it again as new', async ({ api }) => {
    const first = await api.get('/api/create-inventory-key?sku=shirt&stock=2');
    expect(await first.json()).toEqual({ sku: 'shirt', key: 'inventory:{shirt}', stock: 2 });
    for (const strategy of ['conditional-update', 'redis-lua-gate']) {
      expect((await api.post(`/api/buy/${strategy}`, { sku: 'shirt' })).status).toBe(200);
    }
    expect((await api.post('/api/buy/redis-lua-gate', { sku: 'shirt' })).status).toBe(409);

    await api.get('/api/create-inventory-key?sku=shirt&stock=7');

    const bought = await api.post('/api/buy/redis-lua-gate', { sku: 'shirt' });
    expect(await bought.json()).toMatchObject({ outcome: 'accepted', remaining: 6 });
  });

  test.for([
    ['stock=-1', 'stock'],
    ['stock=1.5', 'stock'],
    ['stock=1000000000000', 'stock'],
    ['stock=many', 'stock'],
    ['stock=', 'stock'],
    ['sku=', 'sku'],
    ['sku=a%20b', 'sku'],
    [`sku=${'x'.repeat(65)}`, 'sku'],
  ] as const)('refuses %s and names the field', async ([query, field], { api }) => {
    const response = await api.get(`/api/create-inventory-key?${query}`);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).issues?.map(({ path }) => path)).toEqual([field]);
  });
});

describe('purchases', () => {
  test('an empty POST buys one unit of demo', async ({ api }) => {
    await api.get('/api/create-inventory-key');
    const response = await api.post('/api/buy-bad');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      outcome: 'accepted',
      sku: 'demo',
      quantity: 1,
      strategy: 'read-then-write',
      remaining: 99,
      orderId: expect.stringMatching(/^\d+$/) as string,
      attemptId: expect.any(String) as string,
    });
  });

  test('buy-good is the conditional update; sold out is a 409', async ({ api }) => {
    const sku = await api.createItem(1);
    const bought = await api.post('/api/buy-good', { sku, attemptId: 'mine' });
    expect(await bought.json()).toMatchObject({
      strategy: 'conditional-update',
      attemptId: 'mine',
      remaining: 0,
    });
    const late = await api.post('/api/buy-good', { sku });
    expect(late.status).toBe(409);
    expect(await late.json()).toMatchObject({ outcome: 'sold-out', sku });
  });

  test('answers 404 for an unknown sku or strategy and says which there are', async ({ api }) => {
    const sku = await api.post('/api/buy-good', { sku: 'nothing-here' });
    expect(sku.status).toBe(404);
    expect(await errorOf(sku)).toMatchObject({ code: 'unknown-sku' });
    const strategy = await api.post('/api/buy/pray', {});
    expect(strategy.status).toBe(404);
    expect((await errorOf(strategy)).message).toContain('select-for-update');
  });

  test.for([0, -1, 1.5, 1e12, '1', 'many', null, [1], {}])(
    'refuses the quantity %j and sells nothing',
    async (quantity, { api }) => {
      const sku = await api.createItem(5);
      const response = await api.post('/api/buy-good', { sku, quantity });
      expect(response.status).toBe(400);
      expect((await errorOf(response)).issues?.map(({ path }) => path)).toEqual(['quantity']);
      const next = await api.post('/api/buy-good', { sku });
      expect(await next.json()).toMatchObject({ remaining: 4 });
    },
  );

  test.for([
    ['{"sku":', 400, 'bad-json', 'application/json'],
    ['[1]', 400, 'bad-input', 'application/json'],
    ['"text"', 400, 'bad-input', 'application/json'],
    ['null', 400, 'bad-input', 'application/json'],
    ['sku=demo', 415, 'unsupported-media-type', 'application/x-www-form-urlencoded'],
    ['{}', 415, 'unsupported-media-type', 'text/plain'],
  ] as const)('answers the body %s with %i', async ([body, status, code, type], { api }) => {
    const response = await api.post('/api/buy-good', body, { 'content-type': type });
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toMatchObject({ code });
  });

  test('answers a body of 2 MB with 413, declared or not', async ({ api }) => {
    const body = JSON.stringify({ sku: 'x'.repeat(2_000_000) });
    const declared = await api.post('/api/buy-good', body);
    expect(declared.status).toBe(413);
    const chunked = await fetch(`${api.url}/api/buy-good`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
    expect(await errorOf(chunked)).toMatchObject({ code: 'too-large' });
  });

  test.for(['/api/buy-bad', '/api/buy-good', '/api/buy/conditional-update', '/api/races/x/stop'])(
    'GET %s is a 405 that says what is allowed',
    async (path, { api }) => {
      const response = await api.get(path);
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
    },
  );

  test.for(['PUT', 'PATCH', 'DELETE'])('%s on a purchase is a 405', async (method, { api }) => {
    expect((await api.get('/api/buy-good', { method })).status).toBe(405);
  });
});

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
      api.post('/api/races', { strategies: ['conditional-update'] }, headers),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
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

  test('lets this site and programs pass, and anybody read', async ({ api }) => {
    const sku = await api.createItem(3);
    expect((await api.post('/api/buy-good', { sku }, { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await api.post('/api/buy-good', { sku }, { origin: api.url })).status).toBe(200);
    expect((await api.get('/api/strategies', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(
      200,
    );
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

  test('every answer carries a request id and security headers', async ({ api }) => {
    const { headers } = await api.get('/api/strategies');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-powered-by')).toBeNull();
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

  test('a theme form cannot lead away from this site', async ({ api }) => {
    const response = await api.get('/theme', {
      ...form('theme=dark&returnTo=//example.com'),
      redirect: 'manual',
    });
    expect(response.headers.get('location')).toBe('/');
  });
});
