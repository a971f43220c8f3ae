import type { AppAnswer, AppRequest } from '@/app-under-test/send-request';
import type { SearchPlan } from '@/explorer/search/search';

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
  /** The variables in which the app reads its database's address and its port. */
  databaseEnv: string;
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
