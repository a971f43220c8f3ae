import { describe, expect } from 'vitest';
import { mergeHistograms } from '@/load/measure/latency';
import type { BatchJson } from '@/model/batches/batch-json';
import type { RaceView, LatencyBreakdown } from '@/model/race';
import { expectHeld, listHolding } from '../fixtures/shop/predictions';
import { serverTest as test } from '../fixtures/server/server-test';
import type { Api } from '../fixtures/server/server-test';

const SMALL = { stock: 20, attempts: 100, concurrency: 50, thinkMs: 5 };
/** All at once: buyers who come one after the other prove nothing. */
const AT_ONCE = { ...SMALL, rampS: 0 };

async function readLog(api: Api, id: string, lane: number): Promise<BatchJson[]> {
  const batches: BatchJson[] = [];
  for (let from = 0; ;) {
    const response = await api.get(`/api/races/${id}/events?lane=${lane}&from=${from}&limit=2`);
    const page = (await response.json()) as { batches: BatchJson[]; next: number };
    if (page.batches.length === 0) return batches;
    batches.push(...page.batches);
    from = page.next;
  }
}

/** The steps of an attempt account for its time: little is left between them, and nothing is counted twice. */
function expectTimeToAddUp(strategy: string, meanLatencyMs: number, time: LatencyBreakdown | null): void {
  if (!time) throw new Error(`nobody knows where the time of ${strategy} went`);
  const { request, application, untraced, ...inSteps } = time.meanMs;
  const steps = Object.values(inSteps).reduce((sum, ms) => sum + ms, 0);
  // the histogram that the mean latency comes from keeps two digits
  expect((request + steps + application + untraced) / meanLatencyMs, strategy).toBeCloseTo(1, 1);
  expect(steps / (steps + application), strategy).toBeGreaterThan(0.9);
  expect(untraced, strategy).toBe(0);
}

describe('a race', () => {
  test('tells unsafe from safe, with numbers that the tables bear out', async ({ api }) => {
    const race = await api.race({ strategies: ['read-then-write', 'conditional-update'], ...AT_ONCE });

    expect(race).toMatchObject({ status: 'finished', reason: null, plan: { ...AT_ONCE, model: 'closed' } });
    const [bad, good] = race.lanes;
    expect(bad?.verdict.status).toBe('violated');
    expect(bad?.oversold).toBe((bad?.orders.quantity ?? 0) - 20);
    expect(bad?.lostUpdates).toBe((bad?.orders.quantity ?? 0) - (20 - (bad?.stock.final ?? 0)));
    expect(bad?.verdict.findings.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['oversold', 'lost-update']),
    );
    expect(good, good?.verdict.reason).toMatchObject({
      verdict: { status: 'ok', findings: [] },
      stock: { initial: 20, final: 0 },
      orders: { count: 20, quantity: 20 },
      counts: { attempts: 100, accepted: 20, soldOut: 80, conflict: 0, error: 0, indeterminate: 0 },
      oversold: 0,
      lostUpdates: 0,
      honesty: { generated: 100, recorded: 100, stored: 100 },
    });
    expect(good?.overlap.peakInFlight).toBeGreaterThan(1);
    expect(good?.overlap.overlappingWindows).toBeGreaterThan(1);
    expect(good?.latencyMs.p50).toBeLessThanOrEqual(good?.latencyMs.p99 ?? 0);
  });

  // tests/soak repeats this under several plans
  test(
    'finds every strategy without fault that is safe, or whose condition holds',
    { tags: 'long' },
    async ({ api }) => {
      const strategies = await listHolding(api);
      const race = await api.race({ strategies, ...AT_ONCE, attempts: 120, seed: 1 });
      expectHeld(race);
      for (const { strategy, latencyMs, time } of race.lanes)
        expectTimeToAddUp(strategy, latencyMs.mean, time);
    },
  );

  test(
    'finds every strategy broken that reads before it decides and locks too little',
    { tags: 'long' },
    async ({ api }) => {
      const race = await api.race({
        strategies: [
          'check-then-decrement',
          'transaction-read-committed',
          'advisory-lock-one-statement',
          'advisory-lock-repeatable-read',
          'advisory-lock-early-unlock',
          'append-ledger',
        ],
        ...AT_ONCE,
        thinkMs: 10,
      });
      // how: that depends on who meets whom
      for (const { strategy, verdict } of race.lanes)
        expect(verdict.status, `${strategy}: ${verdict.reason}`).toBe('violated');
    },
  );

  test(
    'releases a burst together and says how far apart the sends were',
    { tags: 'long' },
    async ({ api }) => {
      const race = await api.race({ strategies: ['read-then-write'], ...SMALL, model: 'burst' });
      expect(race.lanes[0]?.overlap.peakInFlight).toBe(50);
      expect(race.lanes[0]?.arrivalSpreadMs).toBeGreaterThan(0);
    },
  );

  test('releases a burst by its last bytes', async ({ api }) => {
    const race = await api.race({
      strategies: ['read-then-write'],
      ...SMALL,
      model: 'burst',
      sync: 'last-byte',
    });
    expect(race.lanes[0]).toMatchObject({
      counts: { attempts: 100, error: 0, indeterminate: 0 },
      verdict: { status: 'violated' },
      overlap: { peakInFlight: 50 },
    });
  });

  test('sends at a rate in the open model, the same arrivals in every lane, and measures from when they were due', async ({
    api,
  }) => {
    // no end by time, and room for all to wait: none is dropped, however slow the machine is
    const whole = { attempts: 90, maxWaiting: 90 };
    const plan = { stock: 20, thinkMs: 100, model: 'open', rate: 60, seed: 4, ...whole };
    const race = await api.race({ strategies: ['read-then-write', 'conditional-update'], ...plan });

    const [bad, good] = race.lanes;
    expect(good?.verdict.status).toBe('ok');
    expect(good?.counts.attempts).toBe(90);
    const logs = await Promise.all([readLog(api, race.id, 0), readLog(api, race.id, 1)]);
    const [dueBad, dueGood] = logs.map((batches) => {
      const due = batches.flatMap(({ n, due: times = [] }) => n.map((number, i) => [number, times[i]]));
      return due.sort(([a = 0], [b = 0]) => a - b);
    });
    expect(dueBad).toEqual(dueGood);
    expect(dueGood).toHaveLength(good?.counts.attempts ?? 0);
    for (const lane of [bad, good]) {
      expect(lane?.sends?.dropped).toBe(0);
      expect(lane?.correctedMs?.mean).toBeGreaterThan(lane?.latencyMs.mean ?? Infinity);
      expect(lane?.correctedMs?.max).toBeGreaterThanOrEqual(lane?.latencyMs.max ?? Infinity);
    }
    expect(mergeHistograms(race.lanes.map(({ histograms }) => histograms?.corrected ?? '')).totalCount).toBe(
      (bad?.counts.attempts ?? 0) + (good?.counts.attempts ?? 0),
    );
    // a plan that was run can be run again as it is
    expect((await api.post('/api/races', race.plan)).status).toBe(202);
  });

  test(
    'drops who still waits when the time of an open load is up, and says so',
    { tags: 'long' },
    async ({ api }) => {
      const race = await api.race({
        strategies: ['read-then-write'],
        model: 'open',
        rate: 100,
        durationS: 0.5,
        concurrency: 1,
        thinkMs: 500,
      });
      const { counts, sends } = race.lanes[0] ?? {};
      // each thinks for 250 ms at least, and the third would begin too late
      expect(counts?.attempts).toBeLessThan(4);
      expect(sends?.drops).toMatchObject({ crowded: 0, stopped: 0 });
      expect(sends?.drops?.ended).toBeGreaterThan(10);
      expect(sends?.dropped).toBe(sends?.drops?.ended);
    },
  );

  test('says how busy generator and server were', { tags: 'long' }, async ({ api }) => {
    const race = await api.race({ strategies: ['conditional-update'], ...SMALL });
    const { generator, server } = race.lanes[0]?.bottleneck ?? {};
    for (const eventLoop of [generator, server]) {
      expect(eventLoop?.cpu).toBeGreaterThan(0);
      expect(eventLoop?.cpu).toBeLessThanOrEqual(1);
    }
    expect(server?.cpu).toBeGreaterThan(generator?.cpu ?? 1);
  });

  test('runs lanes at once when asked to', async ({ api }) => {
    const race = await api.race({
      strategies: ['read-then-write', 'conditional-update'],
      ...AT_ONCE,
      order: 'parallel',
    });
    expect(race.lanes.map(({ verdict }) => verdict.status)).toEqual(['violated', 'ok']);
  });

  test('is inconclusive, and never ok, when a single buyer cannot race', async ({ api }) => {
    const race = await api.race({
      strategies: ['read-then-write'],
      stock: 5,
      attempts: 10,
      concurrency: 1,
      thinkMs: 0,
    });
    expect(race.lanes[0]?.verdict.status).toBe('inconclusive');
    expect(race.lanes[0]?.oversold).toBe(0);
  });

  test('counts an attempt without an answer in time as indeterminate, never as failed', async ({ api }) => {
    const plan = {
      strategies: ['read-then-write'],
      stock: 5,
      attempts: 4,
      concurrency: 4,
      thinkMs: 1_000,
      timeoutMs: 100,
    };
    const race = await api.race(plan);
    const [lane] = race.lanes;
    expect(lane?.counts).toMatchObject({ attempts: 4, indeterminate: 4, accepted: 0, error: 0 });
    // they sold all the same, and the orders table knows
    expect(lane?.orders.count).toBe(4);
  });

  test('thinks as long as a plan may ask for', async ({ api }) => {
    const plan = {
      strategies: ['conditional-update'],
      stock: 2,
      attempts: 30,
      concurrency: 10,
      thinkMs: 10_000,
    };
    const race = await api.race(plan);
    expect(race.lanes[0]?.counts).toMatchObject({ attempts: 30, accepted: 2, soldOut: 28, error: 0 });
  });

  test('calls nothing ok that had nothing to sell', async ({ api }) => {
    const race = await api.race({ strategies: ['read-then-write'], ...SMALL, stock: 0 });
    expect(race.lanes[0]?.verdict).toMatchObject({ status: 'inconclusive' });
  });

  test('keeps every attempt in the event log exactly once, readable from any number', async ({ api }) => {
    const id = await api.startRace({ strategies: ['conditional-update'], ...SMALL });
    await api.whenOver(id);

    const batches = await readLog(api, id, 0);

    expect(batches.flatMap(({ n }) => n).sort((a, b) => a - b)).toEqual(
      Array.from({ length: SMALL.attempts }, (_, n) => n),
    );
    let next = 0;
    for (const { seq, count } of batches) {
      expect(seq).toBe(next);
      next += count;
    }
    const response = await api.get(`/api/races/${id}/events?lane=0&from=77`);
    const [first] = ((await response.json()) as { batches: BatchJson[] }).batches;
    expect(first?.seq).toBe(77);
    expect(first?.n[0]).toBe(batches.flatMap(({ n }) => n)[77]);
    expect(first?.steps[0]?.length).toBeGreaterThan(0);
  });
});

describe('api-test', () => {
  test('answers 417 with the race when it came to the verdict that a script does not want', async ({
    api,
  }) => {
    const query = 'strategy=read-then-write&attempts=60&stock=30';
    const unwanted = await api.get(`/api/api-test?${query}&fail=violated`);
    expect(unwanted.status).toBe(417);
    const race = (await unwanted.json()) as RaceView;
    expect(race).toMatchObject({ status: 'finished', lanes: [{ verdict: { status: 'violated' } }] });
    expect((await api.get(`/api/api-test?${query}&fail=ok`)).status).toBe(200);
    expect((await api.get(`/api/api-test?${query}&fail=luck`)).status).toBe(400);
  });

  test('fires 100 purchases at read-then-write by default and oversells', async ({ api }) => {
    const response = await api.get('/api/api-test');
    const race = (await response.json()) as RaceView;
    expect(response.status).toBe(200);
    expect(race).toMatchObject({ status: 'finished', origin: 'api-test', url: `/races/${race.id}` });
    expect(race.plan).toMatchObject({
      strategies: ['read-then-write'],
      attempts: 100,
      stock: 50,
      model: 'burst',
    });
    expect(race.lanes[0]?.counts.attempts).toBe(100);
    expect(race.lanes[0]?.verdict.status).toBe('violated');
  });

  test('called twice at once runs one after the other and mixes nothing up', async ({ api }) => {
    const answers = await Promise.all(
      ['read-then-write', 'conditional-update'].map(async (strategy) => {
        const response = await api.get(`/api/api-test?strategy=${strategy}&attempts=60&stock=30`);
        return (await response.json()) as RaceView;
      }),
    );
    const [bad, good] = answers;
    expect(bad?.lanes[0]).toMatchObject({ strategy: 'read-then-write', counts: { attempts: 60 } });
    expect(good?.lanes[0]).toMatchObject({
      counts: { attempts: 60, accepted: 30, soldOut: 30 },
      oversold: 0,
    });
    const [first, second] = answers.sort((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''));
    expect(Date.parse(second?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.finishedAt ?? ''));
  });

  test.for([
    'attempts=0',
    'attempts=10001',
    'attempts=ten',
    'stock=-1',
    'stock=1e12',
    'strategy=pray',
    'fail=violated&fail=inconclusive',
    'stock=1&stock=2',
  ])('refuses %s', async (query, { api }) => {
    expect((await api.get(`/api/api-test?${query}`)).status).toBe(400);
  });
});
