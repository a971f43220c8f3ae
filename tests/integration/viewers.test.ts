import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { expect, onTestFinished } from 'vitest';
import type { RaceView } from '~/lab/race';
import type { ClientToServer, ServerToClient, WatchAnswer } from '~/live/protocol';
import { serverTest as test } from '../fixtures/server-test';

type Viewer = Socket<ServerToClient, ClientToServer>;

const RACE = {
  strategies: ['read-then-write', 'conditional-update'],
  stock: 100,
  attempts: 3_000,
  concurrency: 50,
  thinkMs: 1,
};

async function connect(url: string): Promise<Viewer> {
  const socket: Viewer = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
  onTestFinished(() => void socket.disconnect());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('connect_error', reject);
  });
  return socket;
}

function expectRightVerdicts(race: RaceView): void {
  expect(race).toMatchObject({ status: 'finished', reason: null });
  expect(race.lanes.map(({ verdict }) => verdict.status)).toEqual(['violated', 'ok']);
  for (const { honesty } of race.lanes)
    expect(honesty).toEqual({ generated: 3_000, recorded: 3_000, stored: 3_000 });
}

test('400 lists at once while a race runs are answered or told to wait, and the race takes no harm', async ({
  api,
}) => {
  await api.race({ ...RACE, attempts: 300 });
  const id = await api.startRace(RACE);
  await api.whenRecorded(id);
  const answers = await Promise.all(
    Array.from({ length: 400 }, async () => {
      const response = await api.get('/api/races?limit=100');
      const body = (await response.json()) as { error?: { code: string } };
      return { status: response.status, code: body.error?.code, after: response.headers.get('retry-after') };
    }),
  );

  // the race is served from memory meanwhile
  expect((await api.get(`/api/races/${id}`)).status).toBe(200);
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(400);
  for (const answer of refused) expect(answer).toEqual({ status: 503, code: 'busy', after: '1' });
  expectRightVerdicts(await api.whenOver(id));
  expect((await api.get('/api/races')).status).toBe(200);
});

test('a reader of one stored race does not wait behind the readers of lists', async ({ api }) => {
  const { id } = await api.race({ ...RACE, attempts: 300 });
  const order: string[] = [];
  const lists = Promise.all(
    Array.from({ length: 40 }, async () => {
      await (await api.get('/api/races?limit=100')).text();
      order.push('list');
    }),
  );
  const response = await api.get(`/api/races/${id}`);
  order.push('race');
  await lists;
  expect(response.status).toBe(200);
  expect(order.indexOf('race')).toBeLessThan(20);
});

test('a connection that floods the server with requests to watch is refused, then closed; others watch on', async ({
  api,
}) => {
  const stored = await api.race({ ...RACE, attempts: 300 });
  const id = await api.startRace(RACE);
  const [calm, hasty, flood] = await Promise.all([connect(api.url), connect(api.url), connect(api.url)]);
  const seen = [0, 0];
  calm.on('batch', ({ lane, count }) => (seen[lane] = (seen[lane] ?? 0) + count));
  expect(await calm.emitWithAck('watch', { raceId: id })).toMatchObject({ ok: true });
  await api.whenRecorded(id);

  const answers: WatchAnswer[] = await Promise.all(
    Array.from({ length: 30 }, () => hasty.emitWithAck('watch', { raceId: stored.id })),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(10);
  expect(answers.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'too-fast' } });
  expect(hasty.connected).toBe(true);

  const closed = new Promise<string>((resolve) => flood.once('disconnect', resolve));
  for (let i = 0; i < 5_000; i += 1)
    flood.emit('watch', { raceId: i % 2 === 0 ? id : stored.id }, () => undefined);
  expect(await closed).toMatch(/io server disconnect|transport close/);

  expectRightVerdicts(await api.whenOver(id));
  await expect.poll(() => seen, { timeout: 30_000 }).toEqual([3_000, 3_000]);
});
