import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { RaceView } from '@/model/race';
import type { ClientToServer, ServerToClient } from '@/server/live/protocol';

type Viewer = Socket<ServerToClient, ClientToServer>;

export interface Viewers {
  /** Resolves when each viewer that reads has every attempt of the race. */
  whenComplete: (race: RaceView) => Promise<void>;
  close: () => void;
}

/** Attempts that reached a viewer together: they had been answered by then. */
export interface SeenAttempts {
  lane: number;
  seq: number;
  count: number;
  /** By the wall clock. */
  at: number;
}

export interface Witness {
  seen: readonly SeenAttempts[];
  close: () => void;
}

/** A viewer that notes when it was shown what. */
export async function openWitness(url: string, raceId: string): Promise<Witness> {
  const socket = await connect(url);
  const seen: SeenAttempts[] = [];
  socket.on('batch', ({ lane, seq, count }) => void seen.push({ lane, seq, count, at: Date.now() }));
  socket.emit('watch', { raceId }, () => undefined);
  return { seen, close: () => void socket.disconnect() };
}

async function connect(url: string): Promise<Viewer> {
  const socket: Viewer = io(url, { transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

/** Stops reading: what the server sends stays in its own buffers and the system's. */
function stopReading(socket: Viewer): void {
  const { ws } = socket.io.engine.transport as unknown as { ws: { pause: () => void } };
  ws.pause();
}

/** Lets viewers watch a race, and others ask for the same and read nothing. */
export async function openViewers(
  url: string,
  raceId: string,
  { reading, silent }: { reading: number; silent: number },
): Promise<Viewers> {
  const sockets = await Promise.all(Array.from({ length: reading + silent }, () => connect(url)));
  const shown = sockets.slice(0, reading).map((socket) => {
    const lanes = new Map<number, number>();
    socket.on('batch', ({ lane, seq, count }) => void lanes.set(lane, seq + count));
    return lanes;
  });
  for (const [index, socket] of sockets.entries()) {
    socket.emit('watch', { raceId }, () => undefined);
    if (index >= reading) stopReading(socket);
  }
  return {
    whenComplete: async ({ lanes }) => {
      const isComplete = (seen: Map<number, number>) =>
        lanes.every(({ index, counts }) => (seen.get(index) ?? 0) === counts.attempts);
      while (!shown.every(isComplete)) await delay(50);
    },
    close: () => sockets.forEach((socket) => socket.disconnect()),
  };
}

/** Asks for the same race again and again on one socket, and does not wait for an answer. */
export async function floodWithWatch(url: string, raceId: string, times: number): Promise<() => void> {
  const socket = await connect(url);
  for (let i = 0; i < times; i += 1) socket.emit('watch', { raceId }, () => undefined);
  return () => socket.disconnect();
}
