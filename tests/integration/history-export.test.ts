import { spawn } from 'node:child_process';
import { describe, expect } from 'vitest';
import type { LaneView } from '@/model/race';
import { projectRoot } from '@/services/env';
import type { Api } from '../fixtures/server/server-test';
import { serverTest as test } from '../fixtures/server/server-test';

/** All at once: buyers who come one after the other prove nothing. */
const PLAN = { stock: 20, attempts: 120, concurrency: 50, thinkMs: 5, rampS: 0 };

interface Audited {
  code: number | null;
  output: string;
  errors: string;
}

/** `npm run audit`, in a process of its own that has no database. */
function auditOffline(args: string[], file: string): Promise<Audited> {
  const { PATH, HOME } = process.env;
  const env: NodeJS.ProcessEnv = { PATH, HOME, NODE_ENV: 'production' };
  const child = spawn(process.execPath, ['scripts/oversell.mjs', 'audit', ...args], {
    cwd: projectRoot,
    env,
    stdio: 'pipe',
  });
  const audited: Audited = { code: null, output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (audited.output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (audited.errors += text));
  child.stdin.end(file);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...audited, code }));
  });
}

async function exportOf(api: Api, id: string, query = '', format = 'ndjson'): Promise<string> {
  const response = await api.get(`/api/races/${id}/export.${format}${query}`);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return text;
}

async function refusalOf(api: Api, path: string): Promise<[number, string]> {
  const response = await api.get(path);
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

/** What a lane's audit came to, of all that the API says about a lane. */
function auditOf(lane: LaneView) {
  const { verdict, oversold, lostUpdates, orders, recovered, checks, liveness, ledger } = lane;
  const { lockWaits: _sampled, ...overlap } = lane.overlap;
  return { verdict, oversold, lostUpdates, orders, recovered, checks, liveness, ledger, overlap };
}

describe('the history of a race', () => {
  test('is judged offline as the server judged it, findings, evidence, checks and all', async ({ api }) => {
    const strategies = ['read-then-write', 'conditional-update', 'redis-lua-gate'];
    const race = await api.race({ strategies, ...PLAN, control: true });
    // whether the gate's control breaks is up to the machine; that both are judged alike is not
    const [broken, held] = race.lanes.map(({ verdict }) => verdict.status);
    expect([broken, held]).toEqual(['violated', 'ok']);
    expect(race.lanes[1]?.verdict.reason).toContain('Its control, read-then-write, broke');

    const all = await auditOffline(['-', '--json'], await exportOf(api, race.id));
    expect(all).toMatchObject({ code: 10, errors: '' });
    const { lanes } = JSON.parse(all.output) as { lanes: object[] };
    expect(lanes).toHaveLength(race.lanes.length);
    for (const [i, lane] of race.lanes.entries()) {
      const place = {
        raceId: race.id,
        lane: i,
        strategy: lane.strategy,
        attempts: PLAN.attempts,
        sealed: true,
      };
      expect(lanes[i]).toMatchObject({ ...place, ...auditOf(lane) });
      expect((lanes[i] as LaneView).verdict).toEqual(lane.verdict);
    }

    const one = await auditOffline(['-'], await exportOf(api, race.id, '?lane=1'));
    expect(one).toMatchObject({ code: 0, errors: '' });
    expect(one.output).toContain(`Lane 1 of race ${race.id}: conditional-update\nEXACT `);
  });

  test(
    'of a lane that was stopped, or in which nothing raced, says so too',
    { tags: 'long' },
    async ({ api }) => {
      const id = await api.startRace({
        strategies: ['read-then-write'],
        stock: 1_000,
        attempts: 50_000,
        thinkMs: 20,
      });
      await api.whenRecorded(id);
      await api.post(`/api/races/${id}/stop`);
      const stopped = await api.whenOver(id);
      expect(stopped.lanes[0]?.verdict.reason).toContain('Stopped early: by request.');
      // one buyer at a time races with nobody
      const weak = await api.race({
        strategies: ['select-for-update'],
        ...PLAN,
        attempts: 30,
        concurrency: 1,
      });
      expect(weak.lanes[0]?.verdict.status).toBe('inconclusive');
      for (const race of [stopped, weak]) {
        const { output } = await auditOffline(['-', '--json'], await exportOf(api, race.id));
        const { lanes } = JSON.parse(output) as { lanes: object[] };
        expect(lanes).toMatchObject(race.lanes.map(auditOf));
      }
    },
  );

  test('comes with every attempt and its steps, as a file that no proxy may change', async ({ api }) => {
    const race = await api.race({ strategies: ['read-then-write'], ...PLAN });
    const response = await api.get(`/api/races/${race.id}/export.ndjson?lane=0`);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="oversell-race-${race.id}-lane-0.ndjson"`,
    );
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
    const lines = (await response.text()).trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed[0]).toMatchObject({ format: 'oversell-history', version: 2, part: [1, 1], lane: 0 });
    expect(parsed[0]?.stepNames).toContain('read stock');
    const attempts = parsed.filter((line) => 'n' in line);
    expect(new Set(attempts.map(({ n }) => n)).size).toBe(PLAN.attempts);
    for (const { call, return: end, steps } of attempts) {
      expect([call, end].every(Number.isInteger)).toBe(true);
      expect(steps).toEqual(
        expect.arrayContaining([[expect.any(Number), expect.any(Number), expect.any(Number)]]),
      );
    }
    const head = await api.get(`/api/races/${race.id}/export.ndjson`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('can be had for other checkers: one operation a line, by time', { tags: 'long' }, async ({ api }) => {
    const race = await api.race({ strategies: ['read-then-write', 'conditional-update'], ...PLAN });
    const ops = (await exportOf(api, race.id, '', 'edn')).trimEnd().split('\n');
    expect(ops).toHaveLength(2 * (2 * PLAN.attempts + 4));
    expect(ops.map((op) => Number(/:index (\d+)/.exec(op)?.[1]))).toEqual(ops.map((_, i) => i));
    for (const [i, lane] of race.lanes.entries()) {
      const own = ops.filter((op) => op.includes(` :lane ${i} `));
      const times = own.map((op) => Number(/:time (\d+)/.exec(op)?.[1]));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(own.filter((op) => op.includes(':answer :sold}'))).toHaveLength(lane.counts.accepted);
      expect(own.filter((op) => op.includes(':answer :sold-out}'))).toHaveLength(lane.counts.soldOut);
      const rows = `{:stock ${lane.stock.final} :ordered ${lane.orders.quantity}}`;
      expect(own.at(-1)).toContain(`:type :ok :f :read :value ${rows}`);
    }
    expect(await exportOf(api, race.id, '?lane=0', 'edn')).toBe(`${ops.slice(0, 604).join('\n')}\n`);
  });

  test(
    'is refused before its first byte when there is none, or when it is not what was judged',
    { tags: 'long' },
    async ({ api, database }) => {
      const race = await api.race({ strategies: ['conditional-update'], ...PLAN });
      const running = await api.startRace({ strategies: ['conditional-update'], ...PLAN, attempts: 100_000 });
      await api.whenRecorded(running);
      for (const format of ['ndjson', 'edn']) {
        const path = (id: string, query = '') => `/api/races/${id}/export.${format}${query}`;
        expect(await refusalOf(api, path('nosuchrace'))).toEqual([404, 'unknown-race']);
        expect(await refusalOf(api, path(race.id, '?lane=1'))).toEqual([404, 'unknown-race']);
        expect(await refusalOf(api, path(race.id, '?lane=x'))).toEqual([400, 'bad-input']);
        expect(await refusalOf(api, path(running))).toEqual([409, 'race-running']);
        const posted = await api.post(path(race.id));
        expect(posted.status).toBe(405);
      }
      await api.post(`/api/races/${running}/stop`);
      await api.whenOver(running);

      const sku = race.lanes[0]!.sku;
      await database.query('delete from orders where id = (select max(id) from orders where sku = $1)', [
        sku,
      ]);
      expect(await refusalOf(api, `/api/races/${race.id}/export.ndjson`)).toEqual([409, 'rows-changed']);
      expect(await refusalOf(api, `/api/races/${race.id}/export.edn`)).toEqual([409, 'rows-changed']);
    },
  );

  test('of a race that ran no lane to its end is not judged', async ({ api }) => {
    const first = await api.startRace({ strategies: ['conditional-update'], ...PLAN, attempts: 100_000 });
    const second = await api.startRace({ strategies: ['conditional-update'], ...PLAN });
    await api.post(`/api/races/${second}/stop`);
    await api.post(`/api/races/${first}/stop`);
    await Promise.all([api.whenOver(first), api.whenOver(second)]);
    expect(await refusalOf(api, `/api/races/${second}/export.ndjson`)).toEqual([409, 'not-judged']);
    expect(await refusalOf(api, `/api/races/${second}/export.edn?lane=0`)).toEqual([409, 'not-judged']);
  });
});

test('a race is exported as a report in every format, once it is over', async ({ api }) => {
  const race = await api.race({ strategies: ['read-then-write', 'conditional-update'], ...PLAN });
  const formats: [string, RegExp, RegExp][] = [
    ['html', /^text\/html/, /^<!doctype html>[\s\S]*Conditional update/],
    ['csv', /^text\/csv/, /^race,.*\r\n.*read-then-write/],
    ['junit.xml', /^application\/xml/, /<testsuites /],
    ['md', /^text\/markdown/, /\| Conditional update \| /],
    ['json', /^application\/json/, /"strategy":"conditional-update"/],
  ];
  for (const [format, type, content] of formats) {
    const response = await api.get(`/api/races/${race.id}/export.${format}`);
    expect(response.headers.get('content-type')).toMatch(type);
    expect(response.headers.get('content-disposition')).toContain(`oversell-race-${race.id}.`);
    expect(await response.text()).toMatch(content);
    expect(await refusalOf(api, `/api/races/none/export.${format}`)).toEqual([404, 'unknown-race']);
  }
  const running = await api.startRace({ strategies: ['conditional-update'], attempts: 500_000 });
  for (const [format] of formats)
    expect(await refusalOf(api, `/api/races/${running}/export.${format}`)).toEqual([409, 'race-running']);
  await api.post(`/api/races/${running}/stop`);
  await api.whenOver(running);
});
