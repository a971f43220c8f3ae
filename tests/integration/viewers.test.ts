import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { expect, onTestFinished } from 'vitest';
import type { RaceView } from '@/model/race';
import type { ClientToServer, ServerToClient, WatchAnswer } from '@/server/live/protocol';
import { openViewers } from '../faults/floods';
import { startTestServer } from '../fixtures/server/server';
import { callApi, serverEnv, serverTest as test } from '../fixtures/server/server-test';

type Viewer = Socket<ServerToClient, ClientToServer>;

const ATTEMPTS = 120;
const RACE = { strategies: ['read-then-write'], stock: 20, attempts: ATTEMPTS, concurrency: 20, thinkMs: 10 };

async function connect(url: string): Promise<Viewer> {
  const socket: Viewer = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
  onTestFinished(() => void socket.disconnect());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('connect_error', reject);
  });
  return socket;
}

function expectRightVerdict(race: RaceView): void {
  expect(race).toMatchObject({ status: 'finished', reason: null });
  expect(race.lanes[0]).toMatchObject({
    verdict: { status: 'violated' },
    honesty: { generated: ATTEMPTS, recorded: ATTEMPTS, stored: ATTEMPTS },
  });
}

test('120 lists at once while a race runs are answered or told to wait, and the race takes no harm', async ({
  api,
}) => {
  const id = await api.startRace(RACE);
  await api.whenRecorded(id);
  const lists = Promise.all(
    Array.from({ length: 120 }, async () => {
      const response = await api.get('/api/races?limit=100');
      const { error } = (await response.json()) as { error?: { code: string } };
      return `${response.status} ${error?.code ?? 'ok'} ${response.headers.get('retry-after') ?? 'at once'}`;
    }),
  );
  // a race that runs is answered from memory
  expect((await api.get(`/api/races/${id}`)).status).toBe(200);
  for (const answer of new Set(await lists)) expect(['200 ok at once', '503 busy 1']).toContain(answer);
  expectRightVerdict(await api.whenOver(id));
  expect((await api.get('/api/races')).status).toBe(200);
});

test('a connection that floods the server with requests to watch is refused, then closed; others watch on', async ({
  api,
}) => {
  const id = await api.startRace(RACE);
  const [calm, hasty, flood] = await Promise.all([connect(api.url), connect(api.url), connect(api.url)]);
  let seen = 0;
  calm.on('batch', ({ count }) => (seen += count));
  expect(await calm.emitWithAck('watch', { raceId: id })).toMatchObject({ ok: true });
  await api.whenRecorded(id);

  const answers: WatchAnswer[] = await Promise.all(
    Array.from({ length: 50 }, () => hasty.emitWithAck('watch', { raceId: id })),
  );
  expect(answers.slice(0, 10).every(({ ok }) => ok)).toBe(true);
  expect(answers.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'too-fast' } });
  expect(hasty.connected).toBe(true);

  const closed = new Promise<string>((resolve) => flood.once('disconnect', resolve));
  for (let i = 0; i < 1_000; i += 1) flood.emit('watch', { raceId: id }, () => undefined);
  expect(await closed).toMatch(/io server disconnect|transport close/);

  expectRightVerdict(await api.whenOver(id));
  await expect.poll(() => seen).toBe(ATTEMPTS);
});

test(
  'viewers that read nothing do not hold up the end of the server',
  { tags: 'long' },
  async ({ database }) => {
    const server = await startTestServer(serverEnv(database.url));
    const api = callApi(server);
    const id = await api.startRace(RACE);
    const viewers = await openViewers(server.url, id, { reading: 0, silent: 3 });
    onTestFinished(() => viewers.close());
    await api.whenOver(id);
    expect({ code: await server.stop(), said: server.output() }).toEqual({
      code: 0,
      said: expect.not.stringContaining('not stopped within') as string,
    });
  },
);
