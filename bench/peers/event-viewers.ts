// Viewers in a process of their own, each with the feed that the page uses. Prints what they saw as JSON when all of
// them have everything: node event-viewers.ts <url> <race> <attempts> <viewers>; `slow` viewers stop reading instead.
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { nowUs } from '@/lib/clock';
import type { ClientToServer, ServerToClient } from '@/server/live/protocol';
import { RaceFeed } from '~/live/race-feed';

const [url = '', raceId = '', attempts = '0', viewers = '0', kind = 'quick'] = process.argv.slice(2);
const total = Number(attempts);

interface Seen {
  attempts: number;
  /** Times that the feed found a hole, which it would have to fetch. */
  gaps: number;
  /** From an attempt's return to its batch being in the viewer's log, µs on a clock that the server shares. */
  returnedUs: number[];
  arrivedUs: number[];
  heapBytes: number;
}

async function connect(): Promise<Socket<ServerToClient, ClientToServer>> {
  const socket: Socket<ServerToClient, ClientToServer> = io(url, {
    transports: ['websocket'],
    forceNew: true,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

async function watch(): Promise<Seen> {
  const socket = await connect();
  const seen: Seen = { attempts: 0, gaps: 0, returnedUs: [], arrivedUs: [], heapBytes: 0 };
  const feed = new RaceFeed({
    raceId,
    laneCount: 1,
    fetchEvents: () => {
      seen.gaps += 1;
      return Promise.reject(new Error('nothing should be missing'));
    },
    onChange: () => undefined,
  });
  const complete = new Promise<void>((resolve) => {
    socket.on('batch', (frame) => {
      feed.takeFrame(frame);
      const last = feed.log(0).row(feed.log(0).next - 1);
      seen.returnedUs.push((last?.call ?? 0) + (last?.took ?? 0));
      seen.arrivedUs.push(nowUs());
      if (feed.log(0).next >= total) resolve();
    });
    socket.on('snapshot', (snapshot) => feed.takeSnapshot(snapshot));
  });
  await socket.emitWithAck('watch', { raceId, from: feed.wanted() });
  process.stderr.write('watching\n');
  await complete;
  socket.disconnect();
  return { ...seen, attempts: feed.log(0).next };
}

/** Watches and never reads what it is sent: the socket below the library is paused. */
async function stall(): Promise<void> {
  const socket = await connect();
  await socket.emitWithAck('watch', { raceId, from: { 0: total } });
  const { transport } = socket.io.engine as unknown as {
    transport: { ws: { _socket: { pause: () => void } } };
  };
  transport.ws._socket.pause();
  process.stderr.write('watching\n');
}

const count = Number(viewers);
if (kind === 'slow') {
  await Promise.all(Array.from({ length: count }, stall));
  setInterval(() => undefined, 60_000);
} else {
  console.log(JSON.stringify(await Promise.all(Array.from({ length: count }, watch))));
  process.exit(0);
}
