import type { Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { Server } from 'socket.io';
import { z } from 'zod';
import type { Lab } from '@/lab/lab';
import { shareRunning } from '@/lib/share-running';
import { PLAN_FIELDS } from '@/plan/fields';
import { isNamed } from '../http/cross-site';
import { openJobNews } from './job-news';
import type { ClientToServer, ServerToClient, WatchAnswer } from './protocol';
import { Viewer } from './viewer';

export type LiveServer = Server<ClientToServer, ServerToClient>;

/** What the live channel needs to know of the lab. */
export type WatchedLab = Pick<Lab, 'events' | 'snapshots' | 'getJob' | 'getRaceState' | 'readEvents'>;

export interface Live {
  /** Connections that are open now. */
  viewers: () => number;
  /** Disconnects every viewer and stops. */
  close: () => Promise<void>;
}

/** How often viewers get the cumulative state of running lanes, ms. */
const SNAPSHOT_MS = 200;
/** A viewer sends requests of some hundred bytes. */
const MAX_MESSAGE_BYTES = 16 * 1024;
const MAX_RACES_PER_VIEWER = 8;
/** Connections at a time. Each costs the server some 50 KB. */
const MAX_CONNECTIONS = 1_000;
/** Messages per second that one connection may send. A page sends one when it opens a race, and one on a reconnect. */
const MESSAGES_A_SECOND = 10;
/** A connection that sends this many in a second is closed: merely reading them would slow a race down. */
const FLOOD_A_SECOND = 200;

/** How long viewers have to disconnect when the server ends, ms. */
const FAREWELL_MS = 500;

const TOO_FAST = refusal('too-fast', `Send at most ${MESSAGES_A_SECOND} messages a second.`);

const laneIndex = z.number().int().min(0).max(99);
const raceId = z.string().min(1).max(64);
const watchRequest = z.object({
  raceId,
  from: z
    .record(z.string().regex(/^\d{1,2}$/), z.number().int().min(0).max(PLAN_FIELDS.attempts.max))
    .optional(),
  over: z.array(laneIndex).max(100).optional(),
});
const unwatchRequest = z.object({ raceId });
const acknowledgement = z.custom<(answer: unknown) => void>((value) => typeof value === 'function');

/** The live channel: viewers watch races, get every attempt exactly once and in order, and follow jobs of any kind. */
export function openLive(
  http: HttpServer,
  lab: WatchedLab,
  names: ReadonlySet<string>,
  log: { warn: (fields: object, message: string) => void },
): Live {
  const io: LiveServer = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    // a page of another site must not watch; programs send no origin
    allowRequest: ({ headers }, decide) =>
      decide(
        null,
        io.engine.clientsCount < MAX_CONNECTIONS && isSameOrigin(headers) && isNamed(headers.host, names),
      ),
  });
  const connections = new Set<Duplex>();
  http.on('upgrade', (_request, connection: Duplex) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  const messages = new RateLimiterMemory({ points: MESSAGES_A_SECOND, duration: 1 });
  const readEvents = shareRunning(lab.readEvents);
  const news = openJobNews(io, lab, log);
  const viewers = new Set<Viewer>();
  const wake = (id: string) => {
    for (const viewer of viewers) if (viewer.raceId === id) viewer.wake();
  };

  const onState = (
    id: string,
    status: Parameters<ServerToClient['state']>[0]['status'],
    reason: string | null,
  ) => {
    io.to(id).emit('state', { raceId: id, status, reason });
  };
  const onLane = (id: string, lane: number) => {
    const snapshot = lab.snapshots(id).find((candidate) => candidate.lane.index === lane);
    if (snapshot && io.sockets.adapter.rooms.has(id)) io.to(id).emit('snapshot', { raceId: id, ...snapshot });
  };
  lab.events.on('state', onState).on('lane', onLane).on('appended', wake);

  const timer = setInterval(() => {
    for (const id of new Set([...viewers].map((viewer) => viewer.raceId))) {
      for (const snapshot of lab.snapshots(id)) {
        if (snapshot.lane.status === 'running')
          io.to(id).volatile.emit('snapshot', { raceId: id, ...snapshot });
      }
    }
  }, SNAPSHOT_MS);

  io.on('connection', (socket) => {
    const watched = new Map<string, Viewer>();
    const leave = (id: string) => {
      const viewer = watched.get(id);
      if (viewer) viewers.delete(viewer);
      viewer?.close();
      watched.delete(id);
      void socket.leave(id);
    };

    const watch = async (input: unknown): Promise<WatchAnswer> => {
      const parsed = watchRequest.safeParse(input);
      if (!parsed.success) return refusal('bad-request', z.prettifyError(parsed.error));
      const { raceId: id, from = {}, over = [] } = parsed.data;
      const state = await lab.getRaceState(id);
      if (!state) return refusal('unknown-race', `There is no race ${id}.`);
      if (!watched.has(id) && watched.size >= MAX_RACES_PER_VIEWER) {
        return refusal('too-many', `Watch at most ${MAX_RACES_PER_VIEWER} races on one connection.`);
      }
      leave(id);
      if (socket.disconnected) return refusal('gone', 'The connection is closed.');
      const viewer = new Viewer(socket, { readEvents }, id, cursors(state.lanes, from));
      watched.set(id, viewer);
      viewers.add(viewer);
      await socket.join(id);
      viewer.wake();
      // tells the client of lanes that ended while it was not watching
      for (const snapshot of lab.snapshots(id)) {
        const { index, status } = snapshot.lane;
        if (status !== 'pending' && !over.includes(index))
          socket.emit('snapshot', { raceId: id, ...snapshot });
      }
      const lanes = cursors(state.lanes, from).map((next, index) => ({ index, next }));
      return { ok: true, status: state.status, reason: state.reason, lanes };
    };

    socket.use((message, next) => {
      messages.consume(socket.id).then(
        () => next(),
        (refused: unknown) => {
          if ((refused as RateLimiterRes).consumedPoints >= FLOOD_A_SECOND)
            return void socket.disconnect(true);
          const answer = acknowledgement.safeParse(message.at(-1));
          if (answer.success) answer.data(TOO_FAST);
        },
      );
    });
    // the input is untyped: a client can send anything
    const answering = (serve: (input: unknown) => Promise<object>) => {
      return (...args: unknown[]) => {
        const answer = acknowledgement.safeParse(args.at(-1));
        const reply = (value: object) => (answer.success ? answer.data(value) : undefined);
        serve(args[0]).then(reply, (error: unknown) => {
          log.warn({ error }, 'a viewer could not be served');
          reply(refusal('unavailable', 'This cannot be read now. Try again shortly.'));
        });
      };
    };
    socket.on('watch', answering(watch));
    socket.on(
      'follow',
      answering((input) => news.follow(socket, input)),
    );
    socket.on('unfollow', (input: unknown) => news.unfollow(socket, input));
    socket.on('unwatch', (...args: unknown[]) => {
      const parsed = unwatchRequest.safeParse(args[0]);
      if (parsed.success) leave(parsed.data.raceId);
      const answer = acknowledgement.safeParse(args.at(-1));
      if (answer.success) answer.data({ ok: parsed.success });
    });
    socket.on('disconnect', () => {
      for (const id of [...watched.keys()]) leave(id);
    });
  });

  return {
    viewers: () => io.engine.clientsCount,
    close: async () => {
      clearInterval(timer);
      news.close();
      lab.events.off('state', onState).off('lane', onLane).off('appended', wake);
      io.disconnectSockets(true);
      // a viewer that reads nothing never confirms the disconnect
      const farewell = setTimeout(
        () => connections.forEach((connection) => connection.destroy()),
        FAREWELL_MS,
      );
      await io.close();
      clearTimeout(farewell);
    },
  };
}

function cursors(lanes: number, from: Record<string, number>): number[] {
  return Array.from({ length: lanes }, (_, lane) => from[lane] ?? 0);
}

function refusal(code: string, message: string): WatchAnswer {
  return { ok: false, error: { code, message } };
}

function isSameOrigin({ origin, host }: { origin?: string; host?: string }): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
