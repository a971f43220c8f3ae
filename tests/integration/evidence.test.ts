import { describe, expect } from 'vitest';
import type { EvidenceAnswer } from '@/jobs/race/evidence';
import type { AttemptRecord } from '@/model/attempt-record';
import type { Evidence } from '@/model/verdict';
import { serverTest as test, type Api } from '../fixtures/server/server-test';

const PLAN = { stock: 20, attempts: 150, concurrency: 50, thinkMs: 10 };

async function page(api: Api, id: string, query: string): Promise<EvidenceAnswer> {
  const answer = await api.get(`/api/races/${id}/evidence?${query}`);
  const body = (await answer.json()) as EvidenceAnswer;
  expect(answer.status, JSON.stringify(body)).toBe(200);
  return body;
}

/** Every piece, a page at a time. */
async function everyPiece(api: Api, id: string, kind: string): Promise<Evidence[]> {
  const pieces: Evidence[] = [];
  for (;;) {
    const { total, evidence } = await page(api, id, `kind=${kind}&offset=${pieces.length}&limit=150`);
    pieces.push(...evidence);
    if (pieces.length >= total || evidence.length === 0) return pieces;
  }
}

async function attempt(api: Api, id: string, attemptId: string | undefined): Promise<AttemptRecord> {
  const answer = await api.get(`/api/races/${id}/attempts/${attemptId?.split('.').at(-1)}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as AttemptRecord;
}

describe('the evidence behind a verdict', () => {
  test('leads from any one oversold unit to the two attempts, their steps and their rows', async ({
    api,
  }) => {
    const race = await api.race({ strategies: ['read-then-write'], ...PLAN });
    const [lane] = race.lanes;
    const found = lane?.verdict.findings.find(({ kind }) => kind === 'oversold');
    const pieces = await everyPiece(api, race.id, 'oversold');

    expect(lane?.oversold).toBeGreaterThan(0);
    expect(pieces).toHaveLength(lane?.oversold ?? 0);
    expect(found?.pieces).toBe(pieces.length);
    expect(found?.evidence).toEqual(pieces.slice(0, found?.evidence.length));

    const last = pieces.at(-1);
    const [buyer, rival] = await Promise.all([
      attempt(api, race.id, last?.attemptId),
      attempt(api, race.id, last?.otherAttemptId),
    ]);
    for (const one of [buyer, rival]) {
      expect(one.outcome).toBe('accepted');
      expect(one.orders).toMatchObject([
        { orderId: one.orderId, attemptId: one.attemptId, quantity: 1, strategy: 'read-then-write' },
      ]);
      const steps = one.steps.filter(({ kind }) => kind !== 'connection');
      expect(steps.map(({ name, kind }) => [name, kind])).toEqual([
        ['read stock', 'read'],
        ['think', 'think'],
        ['write stock', 'write'],
        ['insert order', 'order'],
      ]);
      expect(one.steps.every(({ fromUs, toUs }) => fromUs >= one.callUs && toUs <= one.returnUs)).toBe(true);
    }
    expect(buyer.attemptId).not.toBe(rival.attemptId);
    expect(last?.orderId).toBe(buyer.orderId);
  });

  test('books every lost unit on two sales', async ({ api }) => {
    const race = await api.race({ strategies: ['read-then-write'], ...PLAN });
    const [lane] = race.lanes;
    const entries = await everyPiece(api, race.id, 'losses');

    expect(lane?.ledger).toMatchObject({ units: lane?.lostUpdates, unattributed: 0, leaked: 0 });
    expect(entries).toHaveLength(lane?.ledger?.pieces ?? -1);
    expect(entries.reduce((sum, { units }) => sum + (units ?? 0), 0)).toBe(lane?.lostUpdates);
    expect(entries.every((entry) => entry.attemptId !== entry.otherAttemptId)).toBe(true);
  });

  test('tells of a lane that held what was checked, that it raced, and how buyers were served', async ({
    api,
  }) => {
    const race = await api.race({ strategies: ['conditional-update'], ...PLAN });
    const [lane] = race.lanes;

    expect(lane?.checks?.map(({ no }) => no)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(lane?.checks?.filter(({ status }) => status === 'broken')).toEqual([]);
    expect(lane?.liveness).toMatchObject({ undersold: 0, falseSoldOut: 0, conflicts: 0, retriesPerSale: 0 });
    expect(lane?.overlap.raced).toBeGreaterThan(0);
    expect(lane?.overlap.lockWaits).not.toBeNull();
    expect(lane?.finalRows).toMatchObject({ initialStock: 20, finalStock: 0, stillRunning: 0 });
    expect(await page(api, race.id, 'kind=losses')).toMatchObject({ total: 0, evidence: [] });
  });

  test('is refused when the rows are no longer those that were counted', async ({ api, database }) => {
    const race = await api.race({ strategies: ['read-then-write'], ...PLAN });
    await database.query('delete from orders where sku = $1', [race.lanes[0]?.sku]);

    const refused = await api.get(`/api/races/${race.id}/evidence?kind=oversold`);

    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      error: {
        code: 'rows-changed',
        message: expect.stringMatching(/was judged by \d+ orders, and now has 0\.$/) as string,
      },
    });
  });

  test('is refused before the lane is judged, and attempts are found all the same', async ({ api }) => {
    const id = await api.startRace({ ...PLAN, strategies: ['read-then-write'], attempts: 3_000 });
    await api.whenRecorded(id);

    expect((await api.get(`/api/races/${id}/evidence?kind=oversold`)).status).toBe(409);
    const recorded = (await (await api.get(`/api/races/${id}/events`)).json()) as {
      batches: { n: number[] }[];
    };
    const n = recorded.batches[0]?.n[0];
    expect((await attempt(api, id, `x.0.${n}`)).attemptId).toBe(`${id}.0.${n}`);
    await api.post(`/api/races/${id}/stop`);
    await api.whenOver(id);
  });

  test.for([
    ['/api/races/nosuchrace/evidence?kind=oversold', 404, 'unknown-race'],
    ['/api/races/nosuchrace/attempts/1', 404, 'unknown-race'],
    ['/api/races/nosuchrace/evidence', 400, 'bad-input'],
    ['/api/races/nosuchrace/evidence?kind=theft', 400, 'bad-input'],
    ['/api/races/nosuchrace/evidence?kind=losses&limit=0', 400, 'bad-input'],
    ['/api/races/nosuchrace/evidence?kind=losses&offset=-1', 400, 'bad-input'],
    ['/api/races/nosuchrace/attempts/last', 400, 'bad-input'],
    ['/api/races/nosuchrace/attempts/1?lane=x', 400, 'bad-input'],
  ] as const)('%s is refused with %i %s', async ([path, status, code], { api }) => {
    const answer = await api.get(path);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code } });
  });

  test('names an attempt or a lane that a race does not have', async ({ api }) => {
    const race = await api.race({
      strategies: ['conditional-update'],
      ...PLAN,
      attempts: 50,
      concurrency: 20,
    });
    for (const path of ['attempts/50', 'attempts/1?lane=1']) {
      const answer = await api.get(`/api/races/${race.id}/${path}`);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { code: 'unknown-attempt' } });
    }
    expect((await api.get(`/api/races/${race.id}/evidence?kind=losses&lane=7`)).status).toBe(404);
  });
});
