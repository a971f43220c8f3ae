import type { AppAnswer, AppRequest } from '@/app-under-test/send-request';
import type { AppDatabaseOptions } from '@/app-under-test/database/app-database';
import type { AppRedisOptions } from '@/app-under-test/redis/app-redis';
import type { SearchPlan } from '@/explorer/search/search';

/** How the exploration connects to the app's database and to its Redis. */
export interface AppClients extends Pick<AppDatabaseOptions, 'createClient'> {
  connectRedis: AppRedisOptions['connect'];
}

/** SQL that has to return no row after any requests. */
export interface AppInvariant {
  name: string;
  sql: string;
}

/** Somebody's app, and two or three requests to it that arrive at once. */
export interface AppPlan extends SearchPlan {
  name: string;
  /** A line for the shell that starts the app. */
  start: string;
  cwd: string;
  /** Variables of its environment beside those below. */
  env: Readonly<Record<string, string>>;
  /** Of the app's own database. */
  databaseUrl: string;
  /** Whether a copy of it is explored, which is dropped in the end. */
  onCopy: boolean;
  /** Of the app's own Redis; null: it has none, or what it does there is not ordered. */
  redisUrl: string | null;
  /** The variables in which the app reads the addresses of its database and its Redis, and its port. */
  databaseEnv: string;
  redisEnv: string;
  portEnv: string;
  /** What is sent, once and outside of any schedule, before the start state is taken. */
  prepare: { sql: readonly string[]; requests: readonly AppRequest[] };
  /** What each actor sends after that, to log in or to fill its cart; it keeps the cookies that it gets. */
  before: readonly (readonly AppRequest[])[];
  requests: readonly AppRequest[];
  isAccepted: (answer: AppAnswer) => boolean;
  invariants: readonly AppInvariant[];
  /** Statements that have nothing to do with the requests. */
  ignore: readonly RegExp[];
  /** How long an instance may take to start, ms. */
  startMs: number;
  /** How long an answer may take, ms. */
  requestMs: number;
  /** Rows that may be copied; undefined for the default. */
  maxRows: number | undefined;
  /** How often the simplest schedule that breaks something is run again. */
  replays: number;
  /** The one schedule that is to run; null: all of them. */
  schedule: string | null;
}
