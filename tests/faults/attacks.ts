import { setTimeout as delay } from 'node:timers/promises';
import type { RaceStatus } from '@/model/race';
import { purchaseServers } from '../fixtures/server/targets';
import { floodWithWatch, openViewers } from './floods';
import { readHealth } from './held';
import type { Part, Product } from './product';

export interface Attack {
  /** Whether the product goes on, ends and is started again, or was not yet up. */
  then: 'lives' | 'restarts' | 'never started';
  /** How a race in which it happens may end. */
  mayEnd: readonly RaceStatus[];
  /** Fields of the race that differ from the usual one. */
  race?: object;
  /** PostgreSQL is reached through a gate. */
  isGated?: boolean;
  /** Of a start that is attacked: `npm start`, or the script that it runs. */
  startedBy?: 'npm' | 'node';
  /** What a start that is attacked gets; SIGTERM unless given. */
  signal?: NodeJS.Signals;
  /** Draws a whole number below its argument, from the seed. */
  do: (product: Product, raceId: string, draw: (below: number) => number) => Promise<void>;
}

/** Long enough for every part to be missed. */
const STOPPED_MS = 15_000;
const VIEWERS = { reading: 200, silent: 300 };
const WATCHES = 5_000;
const LISTS = 400;

const kill = (part: Part, signal: NodeJS.Signals) => async (product: Product) => {
  process.kill(product.pidOf(part), signal);
};

const pause = (part: Part) => async (product: Product) => {
  const pid = product.pidOf(part);
  process.kill(pid, 'SIGSTOP');
  await delay(STOPPED_MS);
  process.kill(pid, 'SIGCONT');
};

/** A race that was under way when its server ended; one that was over by then stays what it was. */
const CUT_OFF = ['interrupted', 'finished'] as const;
/** A race that lost something that it needs: it may fail, with the reason, and need not. */
const SHAKEN = ['finished', 'failed'] as const;
const UNHARMED = ['finished'] as const;

/** By the name that each has in the table. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'kill -9 of the server': {
    then: 'restarts',
    mayEnd: CUT_OFF,
    do: kill('server', 'SIGKILL'),
  },
  'kill -9 of the start script': {
    then: 'restarts',
    mayEnd: [...CUT_OFF, 'aborted'],
    do: async ({ script }) => void script.kill('SIGKILL'),
  },
  'kill -9 of everything': {
    then: 'restarts',
    mayEnd: CUT_OFF,
    do: async (product) => product.processes().forEach((pid) => process.kill(pid, 'SIGKILL')),
  },
  'kill -9 of PostgreSQL': {
    then: 'lives',
    mayEnd: SHAKEN,
    do: kill('postgres', 'SIGKILL'),
  },
  'kill -9 of Redis': {
    then: 'lives',
    mayEnd: SHAKEN,
    do: kill('redis', 'SIGKILL'),
  },
  'kill -9 of a purchase server': {
    then: 'lives',
    mayEnd: SHAKEN,
    race: { processes: 2 },
    do: async (product) => {
      const [victim] = purchaseServers(product.pidOf('server'));
      // between two lanes there may be none
      if (victim !== undefined) process.kill(victim, 'SIGKILL');
    },
  },
  'SIGSTOP of the server, 15 s': {
    then: 'lives',
    mayEnd: SHAKEN,
    do: pause('server'),
  },
  'SIGSTOP of PostgreSQL, 15 s': {
    then: 'lives',
    mayEnd: SHAKEN,
    do: pause('postgres'),
  },
  'SIGSTOP of Redis, 15 s': {
    then: 'lives',
    mayEnd: SHAKEN,
    do: pause('redis'),
  },
  'every backend of PostgreSQL terminated': {
    then: 'lives',
    mayEnd: UNHARMED,
    do: async (product) => {
      await product.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
    },
  },
  'PostgreSQL lost through a proxy': {
    then: 'lives',
    mayEnd: SHAKEN,
    isGated: true,
    do: async ({ api, gate }, _raceId, draw) => {
      await gate?.tcp.shut();
      const { code, checks } = await readHealth(api);
      if (code !== 503 || checks.postgres.ok) throw new Error(`health without PostgreSQL: ${code}`);
      await delay(draw(4_000));
      await gate?.tcp.open();
    },
  },
  'every connection reset by a proxy': {
    then: 'lives',
    mayEnd: SHAKEN,
    isGated: true,
    do: async ({ gate }) => gate?.tcp.reset(),
  },
  FLUSHALL: {
    then: 'lives',
    mayEnd: SHAKEN,
    do: (product) => product.redis('FLUSHALL'),
  },
  [`${VIEWERS.reading} viewers, and ${VIEWERS.silent} that never read`]: {
    then: 'lives',
    mayEnd: UNHARMED,
    do: async ({ api }, raceId) => {
      const viewers = await openViewers(api.url, raceId, VIEWERS);
      try {
        await viewers.whenComplete(await api.whenOver(raceId));
      } finally {
        viewers.close();
      }
    },
  },
  [`${WATCHES} times watch on one socket`]: {
    then: 'lives',
    mayEnd: UNHARMED,
    do: async ({ api }, raceId) => {
      const stop = await floodWithWatch(api.url, raceId, WATCHES);
      await api.whenOver(raceId);
      stop();
    },
  },
  [`${LISTS} lists at once`]: {
    then: 'lives',
    mayEnd: UNHARMED,
    do: async ({ api }) => {
      const list = async () => (await api.get('/api/races?limit=100')).text();
      await Promise.all(Array.from({ length: LISTS }, list));
    },
  },
  'SIGTERM during a race': {
    then: 'restarts',
    mayEnd: ['aborted', 'finished'],
    do: async ({ script }) => void script.kill('SIGTERM'),
  },
  'SIGTERM during the start': {
    then: 'never started',
    mayEnd: [],
    do: async () => undefined,
  },
  'SIGTERM of npm during the start': {
    then: 'never started',
    mayEnd: [],
    startedBy: 'npm',
    do: async () => undefined,
  },
  'kill -9 of npm during the start': {
    then: 'never started',
    mayEnd: [],
    startedBy: 'npm',
    signal: 'SIGKILL',
    do: async () => undefined,
  },
};
