import { describe, expect } from 'vitest';
import { serverTest as test } from '../fixtures/server/server-test';

interface ErrorBody {
  error: { code: string; message: string; issues?: { path: string; message: string }[] };
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
  test('an attempt id that comes again with another quantity is refused, where attempts are known', async ({
    api,
  }) => {
    await api.get('/api/create-inventory-key?sku=again&stock=9');
    const buy = (quantity: number) =>
      api.post('/api/buy/gate-queue', { sku: 'again', attemptId: 'again-1', quantity });
    expect(await (await buy(1)).json()).toMatchObject({ outcome: 'accepted', remaining: 8 });
    const other = await buy(3);
    expect(other.status).toBe(422);
    expect(other.headers.get('retry-after')).toBeNull();
    expect(await other.json()).toMatchObject({ outcome: 'error', error: { code: 'attempt-reused' } });
    expect(await (await buy(1)).json()).toMatchObject({ outcome: 'accepted', remaining: 8, quantity: 1 });
  });

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
