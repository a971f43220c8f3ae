import { setTimeout as delay } from 'node:timers/promises';
import type { AppDatabase } from '@/app-under-test/database/app-database';
import { openAppRedis } from '@/app-under-test/redis/app-redis';
import type { AppRedis } from '@/app-under-test/redis/app-redis';
import { RequestSender } from '@/app-under-test/send-request';
import { AppActor } from '@/explorer/backends/wire/app-actor';
import { AppBackend } from '@/explorer/backends/wire/app-backend';
import type { AppJudgement, PlayedApp, SerialOutcome } from '@/explorer/backends/wire/app-backend';
import { AtRest } from '@/explorer/backends/wire/at-rest';
import { SessionLevels } from '@/explorer/backends/wire/session-levels';
import { SqlAccess } from '@/explorer/backends/wire/sql-access';
import { loadSqlParser, readSql } from '@/explorer/access/sql-shape';
import { UnexplorableError } from '@/explorer/search/backend';
import { Search } from '@/explorer/search/search';
import type { ExplorationEvents, SearchResult } from '@/explorer/search/search';
import { CloseStack } from '@/lib/close-stack';
import type { AppFindingKind } from '@/model/app-check';
import { startPostgresProxy } from '@/wire/postgres/proxy';
import type { Group, PostgresProxy } from '@/wire/postgres/proxy';
import { startRedisProxy } from '@/wire/redis/proxy';
import type { RedisProxy } from '@/wire/redis/proxy';
import type { AppClients, AppPlan } from './app-plan';
import { brokenInvariants, defaultLevel, findBlockers, offsetSequences } from './app-queries';
import { prepareApp } from './prepare-app';
import { openRunFolder, RUN_FOLDERS } from './run-folder';
import type { RunFolder } from './run-folder';
import { startApp } from './start-app';
import { StartState } from './start-state';

export interface AppExploration {
  /** Null where one schedule was asked for. */
  search: SearchResult<AppFindingKind> | null;
  /** The simplest schedule with a finding, or the one that was asked for. */
  shown: AppJudgement | null;
  /** How often it came to the same again. */
  reproduced: { times: number; of: number };
  /** Invariants that the start state breaks. */
  brokenAtStart: string[];
  serial: readonly SerialOutcome[];
  isAccepted: AppPlan['isAccepted'];
  /** What was left out of comparisons, because it differs between two runs of the same order. */
  masks: string[];
  /** Whether every request on its own did in the end what it did at first. */
  isUnchanged: boolean;
  /** Statements that the app sends by itself, and that no schedule orders. */
  background: string[];
  notes: string[];
}

export interface AppEvents extends ExplorationEvents {
  /** What is being done, before and after the search. */
  phase?: (text: string) => void;
}

/** Silence after which a request counts as parked, ms: for something that the explorer cannot see. */
const PARK_MS = 100;
/** The same where the app may be asking Redis for a lock again and again: pauses of its clients are of 50 to 400 ms. */
const PARK_WITH_REDIS_MS = 500;
/** Rounds in which all requests are sent at once before anything is measured: connections are opened and code is compiled. */
const WARM_UPS = 3;
/** After the warm-up its last statements come; then those that the app sends by itself are learned, ms. */
const TAIL_MS = 200;
const QUIET_MS = 2_000;

/**
 * Explores every interleaving of the requests' statements, each in an instance of the app of its own, and leaves the database as it
 * was after what the plan prepares.
 *
 * @throws DatabaseError, AppStartError, PrepareError, UnexplorableError, TooManySchedulesError, and what `signal` is aborted with
 * before the search
 */
export async function exploreApp(
  plan: AppPlan,
  clients: AppClients,
  events: AppEvents = {},
): Promise<AppExploration> {
  const { phase = () => undefined, signal } = events;
  const stack = new CloseStack();
  try {
    await loadSqlParser();
    const folder = await openRunFolder(RUN_FOLDERS);
    stack.add('the folder of the run', () => folder.close());
    const redis = await openRedis(plan, clients, stack);
    phase('Starting the app for the first time');
    const { database, requests } = await prepareApp(plan, clients, folder, signal);
    stack.add('the database', () => database.close());
    const brokenAtStart = await brokenInvariants(database, plan.invariants);
    const snapshot = await database.takeSnapshot();
    stack.add('the snapshot', () => snapshot.finish());
    const slow = await database.shortenDeadlockTimeout(snapshot);
    const keys = await redis?.takeSnapshot();
    if (keys) stack.add('the snapshot of Redis', () => keys.finish());

    phase(`Starting ${plan.requests.length} instances`);
    const background = new Set<string>();
    const instances = await openInstances({ plan, database, folder, stack, background, signal });
    phase('Warming up');
    const start = new StartState(snapshot, keys, instances.actors);
    await warmUp({ ...plan, requests }, instances, start, background);
    const backend = new AppBackend({
      ...{
        actors: instances.actors,
        rest: instances.rest,
        senders: instances.senders,
        snapshot: start,
        redisDb: redis?.db,
        requests,
        signal,
      },
      access: new SqlAccess(database.catalogue),
      offsetSequences: (by) => offsetSequences(database, by),
      isAccepted: plan.isAccepted,
      brokenInvariants: () => brokenInvariants(database, plan.invariants),
    });
    phase('Running the requests one after the other');
    await backend.learnSerialOrders();
    const search = plan.schedule === null ? await searchAll(backend, plan, events) : null;
    const shown = await showAndReplay(backend, plan, search?.violation ?? plan.schedule, phase);
    const isUnchanged = signal?.aborted === true || (await backend.isUnchanged());
    for (const proxy of instances.proxies) proxy.hold(false);
    phase('Restoring the database');
    return {
      ...{ search, ...shown, brokenAtStart, isUnchanged, isAccepted: plan.isAccepted },
      serial: backend.serialOutcomes,
      masks: backend.serial.masks.list(),
      background: [...background],
      notes: [...database.notes, ...(slow === undefined ? [] : [slow])],
    };
  } finally {
    await stack.close();
  }
}

/** Instances of the app, each behind a proxy, and the requests that they are to serve. */
interface AppInstances {
  actors: AppActor[];
  senders: RequestSender[];
  proxies: (PostgresProxy | RedisProxy)[];
  rest: AtRest;
}

interface StageNeeds {
  plan: AppPlan;
  database: AppDatabase;
  folder: RunFolder;
  /** Closes what is opened. */
  stack: CloseStack;
  /** Texts of statements that the apps send by themselves. */
  background: ReadonlySet<string>;
  signal: AbortSignal | undefined;
}

async function openInstances({
  plan,
  database,
  folder,
  stack,
  background,
  signal,
}: StageNeeds): Promise<AppInstances> {
  const parkMs = plan.redisUrl === null ? PARK_MS : PARK_WITH_REDIS_MS;
  const rest = new AtRest(parkMs, { blockers: (pids) => findBlockers(database, pids) });
  const isSplit = (group: Group) =>
    group.statements.some(({ sql }) => sql !== undefined && readSql(sql).some(({ readsMore }) => readsMore));
  const isIgnored = (text: string) =>
    background.has(text) || plan.ignore.some((pattern) => pattern.test(text));
  const isBackground = (texts: readonly string[]) => texts.every(isIgnored);
  const levels = new SessionLevels(await defaultLevel(database));
  const instances: AppInstances = { actors: [], senders: [], proxies: [], rest };
  for (const index of plan.requests.keys()) {
    const actor = new AppActor(index, () => rest.changed(), levels, isSplit, isBackground);
    const proxy = await startPostgresProxy({ upstream: upstreamOf(plan.databaseUrl), hooks: actor.hooks });
    stack.add('a proxy', () => proxy.close());
    const redis = plan.redisUrl === null ? null : await openRedisProxy(plan.redisUrl, actor, stack);
    const where = { proxyPort: proxy.port, redisUrl: redis?.url ?? null };
    const instance = await startApp(plan, folder, { index, ...where, signal });
    stack.add('an instance', () => instance.stop());
    const sender = new RequestSender(instance.url, plan.requestMs);
    stack.add('a sender', () => sender.close());
    rest.actors.push(actor);
    rest.processes.push({
      activeNs: () => instance.group.activeNs(),
      exit: () => instance.exit(),
      logTail: () => instance.logTail(),
    });
    instances.actors.push(actor);
    instances.senders.push(sender);
    instances.proxies.push(proxy, ...(redis ? [redis] : []));
  }
  return instances;
}

/** Opens the app's Redis, if it has one, and refuses one that something else uses or that was not restored. */
async function openRedis(
  { redisUrl }: AppPlan,
  { connectRedis: connect }: AppClients,
  stack: CloseStack,
): Promise<AppRedis | undefined> {
  if (redisUrl === null) return undefined;
  const redis = await openAppRedis({ url: redisUrl, connect });
  stack.add('Redis', () => redis.close());
  await redis.requireNoLeftover();
  return redis;
}

async function openRedisProxy(
  upstream: string,
  { redisHooks }: AppActor,
  stack: CloseStack,
): Promise<RedisProxy> {
  const proxy = await startRedisProxy({ upstream, hooks: redisHooks });
  stack.add('a proxy', () => proxy.close());
  return proxy;
}

/** Has connections opened and code compiled, and learns what the app sends when nobody asks it for anything. */
async function warmUp(
  { requests, databaseEnv, requestMs }: AppPlan,
  { senders, actors, proxies }: AppInstances,
  start: StartState,
  background: Set<string>,
): Promise<void> {
  for (let n = 0; n < WARM_UPS; n += 1) {
    const sent = senders.flatMap((sender, i) => (requests[i] ? [sender.send(requests[i])] : []));
    const answers = await Promise.all(sent);
    const mute = answers.findIndex(({ status }) => status === 0);
    if (mute !== -1)
      throw new UnexplorableError(
        `T${mute + 1} ${requests[mute]?.method} ${requests[mute]?.path} had no answer within ${requestMs / 1_000} s: ${answers[mute]?.body}`,
      );
    await start.restoreWritten();
  }
  const unconnected = actors.filter(({ hasConnected }) => !hasConnected);
  if (unconnected.length === actors.length)
    throw new UnexplorableError(
      `The app has opened no connection to the address that it was given in ${databaseEnv}. If it reads its database's ` +
        'address from another variable, name that one (databaseEnv).',
    );
  for (const proxy of proxies) proxy.hold(true);
  start.watch();
  await delay(TAIL_MS);
  for (const actor of actors) actor.takeStrays();
  await delay(QUIET_MS);
  for (const { statements, command } of actors.flatMap((actor) => actor.takeStrays())) {
    for (const { sql } of statements) background.add(sql);
    if (command) background.add(command.text);
  }
}

/** Searches again where the search has found that the start of a transaction counts, which it took to touch nothing. */
async function searchAll(
  backend: AppBackend,
  plan: AppPlan,
  events: AppEvents,
): Promise<SearchResult<AppFindingKind>> {
  for (;;) {
    const { readsStart } = backend.history;
    const search = new Search<PlayedApp, AppJudgement, AppFindingKind>(backend, plan, events);
    await search.run();
    const isSound = !plan.reduction || backend.history.readsStart === readsStart;
    if (isSound || events.signal?.aborted === true) return search.result();
  }
}

/** Runs the schedule that is to be shown, and runs it again to say how certain it is. */
async function showAndReplay(
  backend: AppBackend,
  { replays, schedule }: AppPlan,
  id: string | null | undefined,
  phase: (text: string) => void,
): Promise<Pick<AppExploration, 'shown' | 'reproduced'>> {
  if (id === null || id === undefined) return { shown: null, reproduced: { times: 0, of: 0 } };
  phase(`Running the schedule ${id} again`);
  const shown = (await backend.show(id)) ?? null;
  if (!shown) {
    if (schedule === null) return { shown, reproduced: { times: 0, of: 1 } };
    throw new UnexplorableError(`There is no schedule ${id}: the requests went on otherwise.`);
  }
  let times = 0;
  for (let n = 0; n < replays; n += 1)
    if ((await backend.replay(id))?.kinds.join() === shown.kinds.join()) times += 1;
  return { shown, reproduced: { times, of: replays } };
}

function upstreamOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: port === '' ? 5432 : Number(port) };
}
