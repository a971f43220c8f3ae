// The event path without its buyers: recorders, the stored log and the live channel, fed with attempts as load threads
// hand them over, with the race's page in front. Told what to do over HTTP by bench/events.ts and bench/dashboard.ts.
import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Lab, LabEvents } from '@/lab/lab';
import { nowUs } from '@/lib/clock';
import { createHttp, importBuild } from '@/server/http/create-http';
import { namesOf } from '@/server/http/cross-site';
import { listen, originOf } from '@/server/http/listen';
import type { ServerContext } from '@/server/http/load-context';
import { openLive } from '@/server/live/live';
import { readEnv } from '@/services/env';
import { createLog } from '@/services/log';
import { createPrisma } from '@/services/postgres/prisma';
import { boundGarbage } from '@/services/process/heap';
import { buildFolder } from '@/services/process/program';
import { FedRace } from '../support/fed-race';

boundGarbage();
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const db = createPrisma(process.env.DATABASE_URL ?? '', { size: 5, name: 'oversell bench' });
const log = createLog(readEnv());
const events = new EventEmitter<LabEvents>();
let race = await FedRace.open(db, 1);

/** Memory in use, garbage apart, and what waits in the viewers' connections. */
function measureMemory(): object {
  collectGarbage();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { bytes: heapUsed + external + arrayBuffers };
}

async function answer({ pathname, searchParams }: URL): Promise<object> {
  const number = (name: string) => Number(searchParams.get(name) ?? 1);
  switch (pathname) {
    case '/bench/race':
      race = await FedRace.open(db, number('lanes'));
      return { raceId: race.id };
    case '/bench/feed':
      return race.feed(
        number('perSecond'),
        number('seconds'),
        (id, lane) => void events.emit('appended', id, lane),
      );
    case '/bench/clock':
      // the browser's clock is the wall's
      return { startMs: Date.now() - (nowUs() - race.epochUs) / 1_000 };
    case '/bench/memory':
      return { ...measureMemory(), epochUs: race.epochUs };
    default:
      return { error: `There is no ${pathname} here.` };
  }
}

const isHere = (id: string) => id === race.id;
/** What the race's page and the live channel ask for. */
const lab = {
  events,
  strategies: [],
  snapshots: (id) => (isHere(id) ? race.snapshots() : []),
  getRace: async (id) => (isHere(id) ? race.view() : null),
  getJob: async () => null,
  getRaceState: async (id) =>
    isHere(id)
      ? { status: 'running' as const, reason: null, lanes: race.view().lanes.length, experiment: null }
      : null,
  readEvents: async (id, index, from, limit) => (isHere(id) ? race.readEvents(index, from, limit) : null),
  listRaces: async () => ({ ok: true, races: [], nextCursor: null }),
} satisfies Partial<Lab>;

const context = {
  lab: lab as unknown as Lab,
  version: 'bench',
  reportError: (error: unknown) => log.error({ error }, 'a page failed'),
} as ServerContext;
const HOST = '127.0.0.1';
const pages = createHttp({
  build: await importBuild(buildFolder),
  clientFolder: path.join(buildFolder, 'client'),
  context,
  names: namesOf(HOST),
  log,
});
const http = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!url.pathname.startsWith('/bench/')) return void pages(request, response);
  answer(url).then(
    (value) => response.end(JSON.stringify(value)),
    (error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    },
  );
});
const live = openLive(http, lab, namesOf(HOST), {
  warn: (fields, message) => console.error(message, fields),
});
await listen(http, { port: 0, host: HOST });
console.log(originOf(http));
process.once(
  'SIGTERM',
  () =>
    void live
      .close()
      .then(() => db.$disconnect())
      .then(() => process.exit(0)),
);
