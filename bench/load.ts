// What the load generator can do, beside autocannon, wrk and undici on the same no-op server, in turns; how well it
// keeps to a schedule; what a target that stalls does to the percentiles; and what a release by last bytes is worth.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { projectRoot } from '@/services/env';
import { findWrk, runWrk } from './peers/wrk';
import { UsageError, wholeNumber } from './support/arguments';
import { startChild } from './support/child-server';
import { measureBursts } from './support/bursts';
import { measureLag, measureStall } from './support/open-load';
import { describeMachine, median, printTable } from './support/report';

interface Options {
  connections: number[];
  seconds: number;
  rounds: number;
  /** Races of each kind of release. */
  bursts: number;
  json: string | undefined;
}

interface Round {
  perSecond: number;
  perCpuSecond: number;
}

type Rounds = Map<string, Round[]>;

const ALONE = 'buyers alone';
/** What a race does: the row that goals are judged by. */
const FULL = 'with the lane recorder';
const OWN = [ALONE, 'recorded and handed over', FULL];
const GENERATORS = [...OWN, 'autocannon', 'undici'];

async function main(options: Options): Promise<void> {
  const server = await startChild('bench/peers/no-op-server.ts', {});
  try {
    const wrk = await findWrk();
    if (wrk === undefined)
      console.error(
        'There is no wrk, so its rows are missing. Debian: apt install wrk; macOS: brew install wrk.',
      );
    const settings = `medians of ${options.rounds} rounds of ${options.seconds} s`;
    const today = new Date().toISOString().slice(0, 10);
    const description = [describeMachine(), ...versions(), wrk ?? 'no wrk', settings, today].join('; ');
    console.log(description);
    const results: Record<string, unknown> = {};
    for (const connections of options.connections) {
      const rounds = await takeTurns(server.url, connections, options, wrk !== undefined);
      console.log(`\n${connections} connections`);
      printTable(toTable(rounds));
      printTable(judge(rounds));
      results[`${connections} connections`] = Object.fromEntries(rounds);
    }
    results.lag = await measureLag(server.url, options);
    results.stall = await measureStall(server.url);
    results.bursts = await measureBursts(options.bursts);
    if (options.json !== undefined)
      await writeFile(options.json, JSON.stringify({ description, options, results }, null, 2));
  } finally {
    await server.stop();
  }
}

async function takeTurns(
  url: string,
  connections: number,
  options: Options,
  hasWrk: boolean,
): Promise<Rounds> {
  const rounds: Rounds = new Map();
  const names = [...GENERATORS, ...(hasWrk ? ['wrk'] : [])];
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const name of names) {
      const result =
        name === 'wrk'
          ? await runWrk(url, connections, options.seconds)
          : await generate(name, url, connections, options.seconds);
      rounds.set(name, [...(rounds.get(name) ?? []), result]);
      const place = `${connections} connections, round ${round} of ${options.rounds}`;
      console.error(`${place}: ${name}, ${Math.round(result.perSecond)} requests/s`);
    }
  }
  return rounds;
}

async function generate(name: string, url: string, connections: number, seconds: number): Promise<Round> {
  const args = [
    '--import',
    'tsx',
    'bench/peers/generators.ts',
    name,
    url,
    String(connections),
    String(seconds),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: projectRoot });
  return JSON.parse(stdout) as Round;
}

/** One row a generator; ratios are medians of the rounds' ratios, because a machine's speed drifts between them. */
function toTable(rounds: Rounds): Record<string, string | number>[] {
  const base = rounds.get('autocannon') ?? [];
  return [...rounds].map(([name, results]) => {
    const of = (pick: (round: Round) => number) => median(results.map(pick));
    const beside = (pick: (round: Round) => number) =>
      median(results.map((result, i) => pick(result) / pick(base[i] ?? result)));
    return {
      generator: OWN.includes(name) ? `Oversell: ${name}` : name,
      'requests/s': of(({ perSecond }) => perSecond),
      'per CPU second': of(({ perCpuSecond }) => perCpuSecond),
      'requests/s beside autocannon': beside(({ perSecond }) => perSecond),
      'per CPU second beside autocannon': beside(({ perCpuSecond }) => perCpuSecond),
    };
  });
}

interface Goal {
  goal: string;
  measured: number;
  isMet: (measured: number) => boolean;
}

/** The goals, by the row with everything recorded: whether they are met with these connections. */
function judge(rounds: Rounds): Record<string, string | number>[] {
  const full = rounds.get(FULL) ?? [];
  const beside = (name: string, pick: (round: Round) => number) => {
    const others = rounds.get(name) ?? [];
    return median(full.map((result, i) => pick(result) / pick(others[i] ?? result)));
  };
  const perCpuSecond = ({ perCpuSecond }: Round) => perCpuSecond;
  const goals: Goal[] = [
    {
      goal: "requests/s beside autocannon's: at least 1",
      measured: beside('autocannon', ({ perSecond }) => perSecond),
      isMet: (ratio) => ratio >= 1,
    },
    {
      goal: 'requests per CPU second: at least 15,000',
      measured: median(full.map(perCpuSecond)),
      isMet: (count) => count >= 15_000,
    },
    {
      goal: 'share of the CPU time that recording costs: under 0.1',
      measured: 1 - beside(ALONE, perCpuSecond),
      isMet: (share) => share < 0.1,
    },
  ];
  return goals.map(({ goal, measured, isMet }) => ({
    [`goal, ${FULL}`]: goal,
    measured,
    '': isMet(measured) ? 'met' : 'missed',
  }));
}

function versions(): string[] {
  return ['autocannon', 'undici', 'http-parser-js'].map((name) => {
    const file = path.join(projectRoot, 'node_modules', name, 'package.json');
    return `${name} ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`;
  });
}

function readOptions(args: string[]): Options {
  const text = { type: 'string' } as const;
  const options = {
    connections: { ...text, default: '1,64,256' },
    seconds: { ...text, default: '2' },
    rounds: { ...text, default: '3' },
    bursts: { ...text, default: '30' },
    json: text,
  };
  try {
    const { values } = parseArgs({ args, options });
    return {
      connections: values.connections.split(',').map((given) => wholeNumber('--connections', given, 1_000)),
      seconds: wholeNumber('--seconds', values.seconds, 60),
      rounds: wholeNumber('--rounds', values.rounds, 100),
      bursts: wholeNumber('--bursts', values.bursts, 1_000),
      json: values.json,
    };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
