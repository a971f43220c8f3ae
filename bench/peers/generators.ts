// One load generator in a process of its own, so that its CPU time can be told from everybody else's:
//   generators.ts <name> <url> <connections> <seconds>
import autocannon from 'autocannon';
import { Client } from 'undici';
import { HttpClient } from '@/load/client/http-client';
import { parseAddress } from '@/load/client/purchase-address';
import { LoadThreads } from '@/load/load-threads';
import { bodiesOf } from '@/load/purchase-body';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import { LaneRecorder } from '@/recording/lane-recorder';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { BENCH_BODY, closedLoad } from '../support/bench-load';

const threads = new LoadThreads();

/** Long enough to compile what will be measured. */
const WARM_UP_MS = 800;

interface Round {
  perSecond: number;
  perCpuSecond: number;
}

interface Task {
  url: string;
  connections: number;
  seconds: number;
}

const generators: Record<string, (task: Task) => Promise<Round>> = {
  'buyers alone': buyersAlone,
  'recorded and handed over': (task) => loadThread(task, () => undefined),
  'with the lane recorder': withRecorder,
  autocannon: throughAutocannon,
  undici: throughUndici,
};

/** Measures what `count` counts, from the end of the warm-up on. */
async function measure(seconds: number, count: () => number): Promise<Round> {
  await sleep(WARM_UP_MS);
  const [before, cpu, start] = [count(), process.cpuUsage(), performance.now()];
  await sleep(seconds * 1_000);
  const [done, { user, system }] = [count() - before, process.cpuUsage(cpu)];
  const elapsed = (performance.now() - start) / 1_000;
  return { perSecond: done / elapsed, perCpuSecond: done / ((user + system) / 1e6) };
}

/** The same number of callers, each of whom calls again when it has been answered, until the end. */
async function inClosedLoop(task: Task, callers: (() => Promise<unknown>)[]): Promise<Round> {
  let [count, over] = [0, false];
  const isOver = () => over;
  const calling = callers.map(async (call) => {
    for (; !isOver(); count += 1) await call();
  });
  const round = await measure(task.seconds, () => count);
  over = true;
  await Promise.all(calling);
  return round;
}

/** The generator without recording: the same connections and bodies, and nothing kept of the answers. */
async function buyersAlone(task: Task): Promise<Round> {
  const address = parseAddress(`${task.url}/api/buy/any`);
  const buyers = await Promise.all(
    Array.from({ length: task.connections }, () => HttpClient.open(address, 10_000)),
  );
  const load = closedLoad({ urls: [], concurrency: task.connections });
  const bodyOf = bodiesOf(load);
  let n = 0;
  const round = await inClosedLoop(
    task,
    buyers.map((buyer) => () => {
      n += 1;
      return buyer.purchase(load.attemptPrefix + n, bodyOf(n));
    }),
  );
  for (const buyer of buyers) buyer.close();
  return round;
}

async function loadThread(
  task: Task,
  keep: (...recorded: Parameters<LaneRecorder['record']>) => void,
): Promise<Round> {
  let count = 0;
  const urls = [`${task.url}/api/buy/any`];
  const load = await threads.openLoad(closedLoad({ urls, concurrency: task.connections }), {
    started: () => undefined,
    batch: (recorded, inFlight) => {
      count += recorded.batch.count;
      keep(recorded, inFlight);
    },
    inFlight: () => undefined,
  });
  const running = load.run();
  const round = await measure(task.seconds, () => count);
  load.stop();
  await running;
  await load.close();
  return round;
}

async function withRecorder(task: Task): Promise<Round> {
  const strategy = {
    id: 'bench',
    name: 'bench',
    expected: 'safe',
    stepNames: ['read', 'write'],
    stepKinds: ['read', 'write'],
  } as unknown as RegisteredStrategy;
  const store = { append: async () => undefined, read: async () => [] };
  const plan = { ...PLAN_DEFAULTS, strategies: ['bench'], seed: 1 };
  const lane = new LaneRecorder('bench', 0, strategy, 'bench', plan, store);
  return loadThread(task, (recorded, inFlight) => lane.record(recorded, inFlight));
}

async function throughAutocannon(task: Task): Promise<Round> {
  let count = 0;
  const options = {
    url: `${task.url}/api/buy/any`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(BENCH_BODY),
    connections: task.connections,
    duration: WARM_UP_MS / 1_000 + task.seconds + 60,
  } as const;
  const instance = autocannon(options, () => undefined);
  instance.on('response', () => void (count += 1));
  const round = await measure(task.seconds, () => count);
  // this stops nobody but itself
  (instance as unknown as { stop: () => void }).stop();
  return round;
}

async function throughUndici(task: Task): Promise<Round> {
  const clients = Array.from({ length: task.connections }, () => new Client(task.url, { pipelining: 1 }));
  const body = JSON.stringify(BENCH_BODY);
  const headers = { 'content-type': 'application/json' };
  const call = (client: Client) =>
    new Promise<void>((resolve, reject) => {
      client.dispatch(
        { method: 'POST', path: '/api/buy/any', headers, body },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: () => undefined,
          onResponseEnd: () => resolve(),
          onResponseError: (_, error) => reject(error),
        },
      );
    });
  const round = await inClosedLoop(
    task,
    clients.map((client) => () => call(client)),
  );
  await Promise.all(clients.map((client) => client.destroy()));
  return round;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const [name = '', url = '', connections = '1', seconds = '1'] = process.argv.slice(2);
const generate = generators[name];
if (!generate) throw new Error(`There is no generator ${name}.`);
const round = await generate({ url, connections: Number(connections), seconds: Number(seconds) });
console.log(JSON.stringify(round));
process.exit(0);
