import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { describe, expect, onTestFinished } from 'vitest';
import { decodeLive } from '@/model/batches/batch-bytes';
import { LIVE_NAMES } from '@/model/columns';
import { OUTCOMES } from '@/model/outcome';
import type { RaceView } from '@/model/race';
import type {
  ClientToServer,
  FollowRequest,
  JobNews,
  LiveFrame,
  ServerToClient,
  WatchAnswer,
} from '@/server/live/protocol';
import { serverTest as test } from '../fixtures/server/server-test';

type Viewer = Socket<ServerToClient, ClientToServer>;

const RACE = {
  strategies: ['read-then-write', 'conditional-update'],
  stock: 100,
  attempts: 250,
  concurrency: 25,
  thinkMs: 20,
};

async function connect(url: string): Promise<Viewer> {
  const socket: Viewer = io(url, { transports: ['websocket'], forceNew: true });
  onTestFinished(() => void socket.disconnect());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('connect_error', reject);
  });
  return socket;
}

/** Everything a viewer was sent of one race, checked to be without gap or repetition as it comes. */
class Watcher {
  readonly attempts = [new Map<number, number>(), new Map<number, number>()];
  readonly next = [0, 0];

  constructor(
    private readonly socket: Viewer,
    readonly raceId: string,
    previous?: Watcher,
  ) {
    previous?.attempts.forEach((attempts, lane) => (this.attempts[lane] = attempts));
    previous?.next.forEach((seq, lane) => (this.next[lane] = seq));
    socket.on('batch', (frame) => this.take(frame));
  }

  async watch(): Promise<WatchAnswer> {
    const from = Object.fromEntries(this.next.map((seq, lane) => [String(lane), seq]));
    return this.socket.emitWithAck('watch', { raceId: this.raceId, from });
  }

  async whenComplete(attempts: number): Promise<void> {
    await expect.poll(() => this.attempts.map(({ size }) => size)).toEqual([attempts, attempts]);
  }

  private take({ raceId, lane, seq, count, columns }: LiveFrame): void {
    expect(raceId).toBe(this.raceId);
    expect(seq).toBe(this.next[lane]);
    this.next[lane] = seq + count;
    const batch = decodeLive(columns as Uint8Array, seq);
    expect(LIVE_NAMES.map((name) => batch[name].length)).toEqual(LIVE_NAMES.map(() => count));
    batch.n.forEach((n, i) => this.attempts[lane]?.set(n, batch.outcome[i] ?? -1));
  }
}

describe('watching', () => {
  test('shows every attempt exactly once, over a reconnect in the middle of the race', async ({ api }) => {
    const id = await api.startRace(RACE);
    const first = await connect(api.url);
    const before = new Watcher(first, id);
    expect(await before.watch()).toMatchObject({ ok: true });
    await expect.poll(() => before.next[0]).toBeGreaterThan(0);
    first.disconnect();

    const after = new Watcher(await connect(api.url), id, before);
    const answer = await after.watch();

    expect(answer).toMatchObject({ ok: true, lanes: [{ index: 0, next: before.next[0] }, { index: 1 }] });
    await after.whenComplete(RACE.attempts);
    const race = await api.whenOver(id);
    for (const [lane, attempts] of after.attempts.entries()) {
      const accepted = [...attempts.values()].filter((code) => OUTCOMES[code] === 'accepted').length;
      expect(accepted).toBe(race.lanes[lane]?.counts.accepted);
    }
  });

  test('replays a finished race from the stored log, from any number', async ({ api }) => {
    const { id } = await api.race({ ...RACE, attempts: 200 });
    const watcher = new Watcher(await connect(api.url), id);
    watcher.next.splice(0, 2, 123, 200);
    await watcher.watch();
    await expect.poll(() => watcher.attempts[0]?.size).toBe(77);
    expect(watcher.attempts[1]?.size).toBe(0);
  });

  test('tells every status and sends snapshots of running lanes', { tags: 'long' }, async ({ api }) => {
    const socket = await connect(api.url);
    const id = await api.startRace(RACE);
    const statuses: string[] = [];
    const snapshots: number[] = [];
    socket.on('state', ({ status }) => statuses.push(status));
    socket.on('snapshot', ({ lane }) => snapshots.push(lane.counts.attempts));
    await socket.emitWithAck('watch', { raceId: id });
    await api.whenOver(id);

    await expect.poll(() => statuses.at(-1)).toBe('finished');
    expect(snapshots.length).toBeGreaterThan(3);
    expect(snapshots).toContain(RACE.attempts);
  });

  test('tells who comes late of lanes that are over, unless they know', { tags: 'long' }, async ({ api }) => {
    const id = await api.startRace(RACE);
    const laneStatus = async () =>
      ((await (await api.get(`/api/races/${id}`)).json()) as RaceView).lanes[0]?.status;
    await expect.poll(laneStatus).toBe('finished');
    const told = async (over?: number[]) => {
      const socket = await connect(api.url);
      const heard: string[] = [];
      socket.on('snapshot', ({ lane }) => {
        if (lane.index === 0) heard.push(`${lane.status} ${lane.verdict.status}`);
      });
      await socket.emitWithAck('watch', { raceId: id, ...(over && { over }) });
      return heard;
    };

    // a snapshot goes out before the acknowledgement
    expect(await told()).toEqual(['finished violated']);
    expect(await told([0])).toEqual([]);
    await api.whenOver(id);
  });

  test('stops on unwatch', { tags: 'long' }, async ({ api }) => {
    const socket = await connect(api.url);
    const id = await api.startRace(RACE);
    await socket.emitWithAck('watch', { raceId: id });
    expect(await (socket as unknown as Socket).emitWithAck('unwatch', { raceId: id })).toEqual({ ok: true });
    let late = 0;
    socket.on('batch', () => (late += 1));
    await api.whenOver(id);
    expect(late).toBe(0);
  });

  test('serves several viewers at once, each from its own place', { tags: 'long' }, async ({ api }) => {
    const id = await api.startRace(RACE);
    const watchers = await Promise.all([1, 2, 3, 4].map(async () => new Watcher(await connect(api.url), id)));
    await Promise.all(watchers.map((watcher) => watcher.watch()));
    await Promise.all(watchers.map((watcher) => watcher.whenComplete(RACE.attempts)));
  });
});

describe('malformed messages', () => {
  test.for([
    [undefined],
    [null],
    ['race'],
    [{}],
    [{ raceId: 7 }],
    [{ raceId: 'x'.repeat(100) }],
    [{ raceId: 'x', from: { '0': -1 } }],
    [{ raceId: 'x', from: { lane: 1 } }],
    [{ raceId: 'x', from: 'start' }],
  ])('watch %j is refused with the reason', async ([message], { api }) => {
    const socket = await connect(api.url);
    const answer: WatchAnswer = await socket.emitWithAck('watch', message as never);
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  });

  test('an unknown race is refused, and a missing acknowledgement survived', async ({ api }) => {
    const socket = await connect(api.url);
    expect(await socket.emitWithAck('watch', { raceId: 'nope' })).toMatchObject({
      error: { code: 'unknown-race' },
    });
    const untyped = socket as unknown as Socket;
    untyped.emit('watch');
    untyped.emit('watch', { raceId: 'nope' }, 'not a function');
    untyped.emit('unwatch');
    untyped.emit('no-such-event', 1, 2, 3);
    expect(await socket.emitWithAck('watch', { raceId: 'nope' })).toMatchObject({ ok: false });
    expect((await api.get('/api/health')).status).toBe(200);
  });

  test('a message of a megabyte ends the connection, not the server', async ({ api }) => {
    const socket = await connect(api.url);
    const ended = new Promise((resolve) => socket.once('disconnect', resolve));
    (socket as unknown as Socket).emit('watch', { raceId: 'x'.repeat(1_000_000) });
    await ended;
    expect((await api.get('/api/health')).status).toBe(200);
  });

  test.for<Record<string, string>>([
    { origin: 'https://example.com' },
    // whose name points to this machine by now
    { origin: 'http://example.com:3000', host: 'example.com:3000' },
  ])('a page of another site cannot connect: %j', async (extraHeaders, { api }) => {
    const socket = io(api.url, { transports: ['websocket'], extraHeaders, reconnection: false });
    onTestFinished(() => void socket.disconnect());
    await expect(new Promise((_, reject) => socket.once('connect_error', reject))).rejects.toThrow();
  });
});

test('a lane that waits for its turn says so to a viewer who comes while another runs', async ({ api }) => {
  const id = await api.startRace({ ...RACE, attempts: 500_000 });
  await api.whenRunning(id);
  const socket = await connect(api.url);
  const statuses = new Map<number, string>();
  socket.on('snapshot', ({ lane }) => statuses.set(lane.index, lane.status));

  await socket.emitWithAck('watch', { raceId: id });

  await expect.poll(() => statuses.get(1)).toBe('ready');
  await api.post(`/api/races/${id}/stop`);
  await api.whenOver(id);
});

describe('following', () => {
  test.for([
    ['an exploration', '/api/explorations', { strategy: 'read-then-write' }, 'exploration'],
    [
      'an experiment',
      '/api/experiments',
      { kind: 'trials', trials: 2, race: { ...RACE, attempts: 50 } },
      'experiment',
    ],
    ['a race', '/api/races', { ...RACE, attempts: 50 }, 'race'],
  ] as const)('%s tells how far it is, to its end', async ([, path, plan, kind], { api }) => {
    const { id } = (await (await api.post(path, plan)).json()) as { id: string };
    const socket = await connect(api.url);
    const heard: JobNews[] = [];
    socket.on('job', (news) => heard.push(news));

    const answer = await socket.emitWithAck('follow', { kind, id });

    expect(answer).toMatchObject({ ok: true, kind, id });
    if (answer.ok) heard.push(answer);
    await expect.poll(() => heard.at(-1)?.status).toBe('finished');
    expect(new Set(heard.map((news) => `${news.kind} ${news.id}`))).toEqual(new Set([`${kind} ${id}`]));
  });

  test('what there is not is refused, and so is more than eight jobs at once', async ({ api }) => {
    const socket = await connect(api.url);
    const follow = (request: unknown) => socket.emitWithAck('follow', request as FollowRequest);
    expect(await follow({ kind: 'exploration', id: 'never' })).toMatchObject({
      error: { code: 'unknown-exploration' },
    });
    expect(await follow({ kind: 'planet', id: 'earth' })).toMatchObject({ error: { code: 'bad-request' } });
    const ids: string[] = [];
    for (let i = 0; i < 9; i += 1) {
      const race = { strategies: ['read-then-write'], stock: 1, attempts: 1 };
      ids.push(((await (await api.post('/api/races', race)).json()) as { id: string }).id);
    }
    const other = await connect(api.url);
    const answers = await Promise.all(ids.map((id) => other.emitWithAck('follow', { kind: 'race', id })));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(8);
    for (const id of ids) await api.whenOver(id);
  });
});
