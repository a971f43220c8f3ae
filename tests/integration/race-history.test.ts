import { describe, expect } from 'vitest';
import type { RacePage, RaceView } from '@/model/race';
import { serverTest as base } from '../fixtures/server/server-test';
import type { Api } from '../fixtures/server/server-test';

interface Refused {
  error: { code: string; message: string; issues?: { path: string; message: string }[] };
}

/** Races that a search has to tell apart, oldest first. */
interface Races {
  both: RaceView;
  burst: RaceView;
  alone: RaceView;
  controlled: RaceView;
}

const SMALL = { stock: 10, attempts: 60, concurrency: 20, thinkMs: 5 };
/** All at once: buyers who come one after the other prove nothing. */
const AT_ONCE = { ...SMALL, rampS: 0 };

const test = base.extend<{ races: Races }>({
  races: [
    async ({ api }, use) => {
      const both = await api.race({ strategies: ['read-then-write', 'conditional-update'], ...AT_ONCE });
      const burst = await api.race({ strategies: ['optimistic-version'], ...SMALL, model: 'burst' });
      const alone = await api.race({
        strategies: ['read-then-write'],
        ...SMALL,
        attempts: 5,
        concurrency: 1,
      });
      const controlled = await api.race({ strategies: ['select-for-update'], ...AT_ONCE, control: true });
      await use({ both, burst, alone, controlled });
    },
    { scope: 'file' },
  ],
});

async function search(api: Api, query: string): Promise<string[]> {
  const response = await api.get(`/api/races?${query}`);
  const page = (await response.json()) as RacePage;
  expect(response.status, JSON.stringify(page)).toBe(200);
  return page.races.map(({ id }) => id);
}

/** Whichever test comes first waits for the races. */
describe('the search for races', () => {
  test('finds by part of a strategy’s id or name, whatever its case, and nothing else', async ({
    api,
    races,
  }) => {
    const { both, burst, alone } = races;
    expect(await search(api, 'strategy=read-THEN')).toEqual([alone.id, both.id]);
    expect(await search(api, 'strategy=Optimistic')).toEqual([burst.id]);
    const { strategyName } = burst.lanes[0]!;
    expect(await search(api, `strategy=${encodeURIComponent(strategyName.toUpperCase())}`)).toEqual([
      burst.id,
    ]);
    expect(await search(api, 'strategy=pray')).toEqual([]);
  });

  test.for(['%25', '_', 'read%25write', "'; drop table races; --", '\\'])(
    'takes %s for text, and not for a pattern',
    async (text, { api, races }) => {
      expect(races.both.status).toBe('finished');
      expect(await search(api, `strategy=${text}`)).toEqual([]);
    },
  );

  test('finds by verdict, status and model, and by all at once', async ({ api, races }) => {
    const { both, burst, alone, controlled } = races;
    expect(both.lanes.map(({ verdict }) => verdict.status)).toEqual(['violated', 'ok']);
    expect(await search(api, 'verdict=violated')).toEqual([both.id]);
    expect(await search(api, 'verdict=inconclusive')).toEqual([alone.id]);
    expect(await search(api, 'verdict=ok')).toEqual([controlled.id, burst.id, both.id]);
    expect(await search(api, 'model=burst')).toEqual([burst.id]);
    expect(await search(api, 'model=open')).toEqual([]);
    expect(await search(api, 'status=finished&model=closed')).toEqual([controlled.id, alone.id, both.id]);
    expect(await search(api, 'status=failed')).toEqual([]);
    expect(await search(api, 'strategy=read&verdict=violated&status=finished&model=closed')).toEqual([
      both.id,
    ]);
  });

  test('wants strategy and verdict of the same lane', async ({ api, races }) => {
    expect(await search(api, 'strategy=conditional-update&verdict=ok')).toEqual([races.both.id]);
    expect(await search(api, 'strategy=conditional-update&verdict=violated')).toEqual([]);
  });

  test('passes over controls, which nobody asked for and which are there to break', async ({
    api,
    races,
  }) => {
    const [, control] = races.controlled.lanes;
    expect(control).toMatchObject({ role: 'control', verdict: { status: 'violated' } });
    expect(await search(api, 'verdict=violated')).not.toContain(races.controlled.id);
    expect(await search(api, 'strategy=read-then-write')).not.toContain(races.controlled.id);
  });

  test('takes an empty field, as forms send it, for no wish', async ({ api, races }) => {
    const everything = await search(api, 'strategy=&verdict=&status=&model=');
    expect(everything).toEqual([races.controlled, races.alone, races.burst, races.both].map(({ id }) => id));
  });

  test('goes on from a cursor within the filter, and misses and repeats nothing', async ({ api, races }) => {
    const pages: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const after = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const response = await api.get(`/api/races?verdict=ok&limit=1${after}`);
      const page = (await response.json()) as RacePage;
      pages.push(page.races.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual([[races.controlled.id], [races.burst.id], [races.both.id]]);
  });

  test('knows the status of a race that runs now, before it is stored', async ({ api, races }) => {
    expect(races.both.status).toBe('finished');
    const id = await api.startRace({
      strategies: ['read-then-write'],
      stock: 10_000,
      attempts: 50_000,
      concurrency: 20,
      thinkMs: 50,
    });
    await api.whenRunning(id);
    expect(await search(api, 'status=running')).toEqual([id]);
    expect(await search(api, 'status=preparing')).toEqual([]);
    await api.post(`/api/races/${id}/stop`);
    await api.whenOver(id);
    expect(await search(api, 'status=running')).toEqual([]);
    expect(await search(api, 'status=aborted')).toEqual([id]);
    expect((await api.get(`/api/races/${id}`, { method: 'DELETE' })).status).toBe(204);
  });

  test.for([
    ['verdict=maybe', 'verdict', /must be one of violated, ok, inconclusive, not "maybe"/],
    ['status=done', 'status', /must be one of queued, /],
    ['model=CLOSED', 'model', /must be one of closed, burst, open/],
    [`strategy=${'x'.repeat(101)}`, 'strategy', /at most 100 characters/],
    ['strategy=a%00b', 'strategy', /control characters/],
    ['limit=0', 'limit', /whole number from 1 to 100/],
    ['limit=ten', 'limit', /whole number/],
    ['cursor=yesterday', 'cursor', /was not made by this list/],
    ['cursor=0000-01-01T00:00:00.000Z~a', 'cursor', /was not made by this list/],
    ['cursor=yesterday&verdict=ok', 'cursor', /was not made by this list/],
  ] as const)('refuses %s and names the field', async ([query, path, message], { api }) => {
    const response = await api.get(`/api/races?${query}`);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as Refused;
    expect(error.issues).toEqual([{ path, message: expect.stringMatching(message) as string }]);
    const page = await api.get(`/races?${query}`);
    // the page has no say in how many races it shows
    expect(page.status).toBe(path === 'limit' ? 200 : 400);
  });

  test('is described by the API’s own document', async ({ api }) => {
    const document = (await (await api.get('/api/openapi.json')).json()) as {
      paths: Record<string, { get: { parameters: { name: string; schema: { enum?: string[] } }[] } }>;
    };
    const parameters = document.paths['/api/races']!.get.parameters;
    expect(parameters.map(({ name }) => name).sort()).toEqual(
      ['cursor', 'limit', 'model', 'status', 'strategy', 'verdict'].sort(),
    );
    const verdict = parameters.find(({ name }) => name === 'verdict');
    expect(JSON.stringify(verdict?.schema)).toContain('"violated","ok","inconclusive"');
  });
});

describe('the measured price of a strategy', () => {
  const isMeasured = async (api: Api, strategy: string) => {
    const page = await (await api.get(`/strategies/${strategy}`)).text();
    expect(page).toContain(strategy);
    return !page.includes('Not measured on this machine yet');
  };

  test('comes from closed loads without pauses, one lane at a time, only', async ({ api, races }) => {
    // which a machine that is busy otherwise may hold up
    const { limitedBy } = races.controlled.lanes[0]?.bottleneck ?? {};
    expect(await isMeasured(api, 'select-for-update')).toBe(limitedBy !== 'generator');
    expect(await isMeasured(api, 'optimistic-version')).toBe(false);

    const open = { stock: 10, model: 'open', rate: 100, attempts: 20, thinkMs: 0 };
    await api.race({ strategies: ['check-constraint'], ...open });
    expect(await isMeasured(api, 'check-constraint')).toBe(false);

    await api.race({ strategies: ['hot-row-last'], ...SMALL, pauseMs: 1 });
    expect(await isMeasured(api, 'hot-row-last')).toBe(false);

    await api.race({
      strategies: ['serializable-retry', 'ledger-serializable'],
      ...SMALL,
      order: 'parallel',
    });
    expect(await isMeasured(api, 'serializable-retry')).toBe(false);
  });
});
