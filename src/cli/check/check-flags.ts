import { Option } from 'commander';
import type { CheckFile } from '@/check/check-file';
import { fromText } from '@/plan/numbers';
import { UsageError } from '../command-io';
import type { Given } from '../plan-flags';

/** A request as flags give it: `--post /buy`. */
export interface GivenRequest {
  method: NonNullable<CheckFile['requests'][number]['method']>;
  path: string;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Flags of a check that become fields of its file. */
export const CHECK_FLAGS: readonly (readonly [flags: string, about: string])[] = [
  ['--start <command>', 'the line that starts the app'],
  ['--requests <n>', 'how often a single request arrives at once, 2 or 3 (default: 2)'],
  [
    '--database <url>',
    "the app's database (default: what its DATABASE_URL holds, also in its .env); embedded: an empty one, gone in the end",
  ],
  ['--database-env <name>', 'the variable in which the app reads that address (default: DATABASE_URL)'],
  [
    '--database-copy',
    'explore a copy of the database, which is dropped in the end; nothing may be connected to it meanwhile',
  ],
  [
    '--redis <url>',
    "the app's Redis (default: what its REDIS_URL holds, also in its .env); embedded: an empty one; none: the app uses none",
  ],
  ['--redis-env <name>', 'the variable in which the app reads that address (default: REDIS_URL)'],
  ['--port-env <name>', 'the variable in which the app reads its port (default: PORT)'],
  [
    '--accepted <pattern>',
    'what the body of an answer matches that serves a request; its status is 2xx as well',
  ],
  ['--start-timeout <s>', 'how long the app may take to start (default: 30)'],
  ['--max-schedules <n>', 'more orders than this are not begun (default: 20,000)'],
  ['--preemptions <n>', 'most times that an order turns away from a request that could go on'],
  ['--max-rows <n>', 'rows of the database that may be copied (default: 100,000)'],
];

const collect = (value: string, others: string[] = []): string[] => [...others, value];

/** The flags of requests, and those that may be given often. @param requests gets the requests, in the order of their flags */
export function requestOptions(requests: GivenRequest[]): Option[] {
  return [
    ...METHODS.map((method) =>
      new Option(`--${method} <path>`, `a request that arrives; two different ones by two flags`).argParser(
        (path) => {
          requests.push({ method: method.toUpperCase() as GivenRequest['method'], path });
          return path;
        },
      ),
    ),
    new Option('--data <body>', 'the body of the request, or of each, in their order').argParser(collect),
    new Option('--header <line>', 'a header of every request, such as "Authorization: Bearer x"').argParser(
      collect,
    ),
    new Option('--invariant <sql>', 'SQL that has to return no row afterwards').argParser(collect),
    new Option('--ignore <pattern>', 'statements that have nothing to do with the requests').argParser(
      collect,
    ),
  ];
}

/** Flags that take a number, and the fields of the check that they set. */
const NUMBERS = {
  '--start-timeout': ['startTimeout', 'startTimeoutS'],
  '--requests': ['requests', 'copies'],
  '--max-schedules': ['maxSchedules', 'maxSchedules'],
  '--preemptions': ['preemptions', 'preemptions'],
  '--max-rows': ['maxRows', 'maxRows'],
} as const;

/** The flag that sets a field of the check, if it takes a number. */
export function flagOf(field: string): string | undefined {
  return Object.entries(NUMBERS).find(([, [, set]]) => set === field)?.[0];
}

/** What the flags say of a check; what they leave out is the file's to say. */
export function readCheckFlags(given: Given, requests: readonly GivenRequest[]): Partial<CheckFile> {
  const list = (name: string) => (given[name] ?? []) as string[];
  const [data, headers] = [list('data'), Object.fromEntries(list('header').map(readHeader))];
  if (data.length > 1 && data.length !== requests.length)
    throw new UsageError(`There are ${data.length} bodies (--data) for ${requests.length} requests.`);
  if (requests.length === 0 && (data.length > 0 || list('header').length > 0))
    throw new UsageError(
      '--data and --header belong to a request: give --post, --get, --put, --patch or --delete.',
    );
  const fields = {
    ...pick(given, ['start', 'database', 'databaseEnv', 'databaseCopy', 'redis', 'redisEnv', 'portEnv']),
    ...pickNumbers(given),
  };
  return {
    ...fields,
    ...(requests.length > 0 && {
      requests: requests.map((request, i) => {
        const body = data.length > 1 ? data[i] : data[0];
        return { ...request, headers, ...(body !== undefined && { data: body }) };
      }),
    }),
    ...(typeof given.accepted === 'string' && { accepted: { body: given.accepted } }),
    ...(list('invariant').length > 0 && {
      invariants: Object.fromEntries(list('invariant').map((sql) => [sql, sql])),
    }),
    ...(list('ignore').length > 0 && { ignore: list('ignore') }),
  };
}

/** Flags that a replay does not repeat, with how many words each takes. */
const NOT_REPEATED: Readonly<Record<string, number>> = {
  '--schedule': 2,
  '-o': 2,
  '--output': 2,
  '--expect': 2,
  '--database': 2,
  '--redis': 2,
  '--json': 1,
  '--no-keep': 1,
  '-q': 1,
  '--quiet': 1,
};

/** The command that runs one schedule again. An address of a database, which may hold a password, is left out. */
export function replayCommandOf(args: readonly string[]): (id: string) => string {
  const words: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? '';
    const skipped = NOT_REPEATED[word];
    // no secret, and nothing that the environment would say
    const isSafe = ['embedded', 'none'].includes(args[i + 1] ?? '');
    if ((word === '--database' || word === '--redis') && isSafe) words.push(word);
    else if (skipped !== undefined) i += skipped - 1;
    else if (!Object.keys(NOT_REPEATED).some((flag) => word.startsWith(`${flag}=`))) words.push(quote(word));
  }
  return (id) => ['oversell', ...words, '--schedule', id].join(' ');
}

function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function readHeader(line: string): [string, string] {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined)
    throw new UsageError(`--header takes "Name: value", not "${line}".`);
  return [name, value];
}

function pick(given: Given, names: readonly string[]): Partial<CheckFile> {
  return Object.fromEntries(
    names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}

function pickNumbers(given: Given): Partial<CheckFile> {
  return Object.fromEntries(
    Object.values(NUMBERS).flatMap(([name, field]) => {
      const value = given[name];
      return value === undefined ? [] : [[field, fromText(value)]];
    }),
  );
}
