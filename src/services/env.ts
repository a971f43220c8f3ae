import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import envPaths from 'env-paths';
import { z } from 'zod';

/** Everything the environment can change, checked once at start. See `.env.example`. */
export interface Env {
  readonly nodeEnv: 'development' | 'production' | 'test';
  readonly host: string;
  /** Names by which the server may be called beside its own. */
  readonly allowedHosts: readonly string[];
  /** undefined: 3000, or the next free port. Given: exactly that one (0 lets the system choose). */
  readonly port: number | undefined;
  /** undefined: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** undefined: the embedded Redis. */
  readonly redisUrl: string | undefined;
  /** Connections of the pool under test. */
  readonly poolSize: number;
  readonly logLevel: LogLevel;
  /** Absolute. Where the embedded servers keep their data. */
  readonly dataDir: string;
  /** A Redis or Valkey server program to run instead of the one found on the PATH. */
  readonly redisServerBin: string | undefined;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The folder that holds package.json. */
export const projectRoot = findProjectRoot(dirname(fileURLToPath(import.meta.url)));

/** Whether this program is an installed package: it has no sources, and keeps nothing in its folder, which npm replaces. */
const isInstalled = basename(dirname(projectRoot)) === 'node_modules';

/** Where the program keeps what it makes: the data of embedded servers, and a Redis that it has fetched. */
export const ownFolder = isInstalled
  ? envPaths('oversell', { suffix: '' }).data
  : join(projectRoot, '.oversell');

/** Upwards, because this file runs from its folder, from the program and from the pages' build. */
function findProjectRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('No package.json in any folder above this program.');
  return findProjectRoot(parent);
}

/** A wrong value in the environment. The message has one line for each, made to be printed as it is. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

const wholeNumber = (min: number, max: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const urlWith = (...protocols: string[]): z.ZodType<string> =>
  z.string().refine((value) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    return protocols.includes(url.protocol) && url.hostname !== '';
  });

const variables = {
  NODE_ENV: {
    schema: z.enum(['development', 'production', 'test']).default(isInstalled ? 'production' : 'development'),
    accepts: 'development, production or test',
  },
  HOST: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9.:_-]+$/)
      .default('127.0.0.1'),
    accepts: 'an address or host name to listen on, such as 127.0.0.1 or 0.0.0.0',
  },
  ALLOWED_HOSTS: {
    schema: z
      .string()
      .default('')
      .transform((list) => list.split(',').map((name) => name.trim()))
      .transform((names) => names.filter((name) => name !== ''))
      .pipe(z.array(z.string().regex(/^(?:[\w.-]+|\[?[\da-f:]+\]?)$/i))),
    accepts: 'host names without ports, separated by commas, such as oversell.test, lab.example',
  },
  PORT: {
    schema: wholeNumber(0, 65_535).optional(),
    accepts: 'a whole number from 0 to 65535',
  },
  DATABASE_URL: {
    schema: urlWith('postgres:', 'postgresql:').optional(),
    accepts: 'an address like postgresql://user:password@127.0.0.1:5432/oversell',
  },
  REDIS_URL: {
    schema: urlWith('redis:', 'rediss:').optional(),
    accepts: 'an address like redis://127.0.0.1:6379',
  },
  POOL_SIZE: {
    schema: wholeNumber(1, 500).default(20),
    accepts: 'a whole number from 1 to 500',
  },
  LOG_LEVEL: {
    schema: z.enum(LOG_LEVELS).default('info'),
    accepts: LOG_LEVELS.join(', '),
  },
  DATA_DIR: {
    schema: z.string().default(join(ownFolder, 'data')),
    accepts: 'a folder, absolute or relative to the project; of an installed command, to the current folder',
  },
  REDIS_SERVER_BIN: {
    schema: z.string().optional(),
    accepts: 'the path of a redis-server or valkey-server program',
  },
} as const;

type Name = keyof typeof variables;
type Source = Readonly<Record<string, string | undefined>>;

/**
 * Parses the environment.
 *
 * @param source default: the process environment, completed by the `.env` of the project (which never overrides it).
 *   An installed program reads no `.env`: that of the current folder belongs to another program, whose database must
 *   not be raced by accident. An empty string counts as unset, so `DATABASE_URL= npm start` ignores the one in `.env`.
 * @throws EnvError naming every wrong variable at once
 */
export function readEnv(source: Source = environmentWith({})): Env {
  const problems: string[] = [];
  const read = <N extends Name>(name: N): z.output<(typeof variables)[N]['schema']> => {
    const given = source[name]?.trim();
    const result = variables[name].schema.safeParse(given === '' ? undefined : given);
    if (!result.success) {
      problems.push(
        `${name} is ${JSON.stringify(hidePassword(given ?? ''))}: expected ${variables[name].accepts}.`,
      );
    }
    return result.data as z.output<(typeof variables)[N]['schema']>;
  };

  const env: Env = {
    nodeEnv: isInstalled ? 'production' : read('NODE_ENV'),
    host: read('HOST'),
    allowedHosts: read('ALLOWED_HOSTS'),
    port: read('PORT'),
    databaseUrl: read('DATABASE_URL'),
    redisUrl: read('REDIS_URL'),
    poolSize: read('POOL_SIZE'),
    logLevel: read('LOG_LEVEL'),
    dataDir: readDataDir({ DATA_DIR: read('DATA_DIR') }),
    redisServerBin: read('REDIS_SERVER_BIN'),
  };
  if (problems.length > 0) throw new EnvError(problems.join('\n'));
  return Object.freeze(env);
}

/**
 * Where the product keeps its data. Reads DATA_DIR alone: `oversell check` runs in the environment of the app that it
 * checks, whose other variables are not meant for this program.
 */
export function readDataDir(source: Source = environmentWith({})): string {
  const given = source.DATA_DIR?.trim();
  return resolve(isInstalled ? '.' : projectRoot, given ? given : join(ownFolder, 'data'));
}

/** The Redis program to run, if one is named. Reads REDIS_SERVER_BIN alone, as `readDataDir` reads DATA_DIR. */
export function readRedisServerBin(source: Source = environmentWith({})): string | undefined {
  return source.REDIS_SERVER_BIN?.trim() || undefined;
}

/** Where GitHub's workflow wants the summary of the step that runs this process; null outside of its workflows. */
export function readGithubStep(): { summaryFile: string | undefined } | null {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY } = process.env;
  return GITHUB_ACTIONS === 'true' ? { summaryFile: GITHUB_STEP_SUMMARY } : null;
}

/** The environment of this process, completed by what is given, as a source of `readEnv`. */
export function environmentWith(given: Readonly<Record<string, string>>): Source {
  return { ...readDotEnv(), ...process.env, ...given };
}

/** Libraries of an installed program run in production: its pages are built for that. */
export function enterProduction(): void {
  if (isInstalled) process.env.NODE_ENV = 'production';
}

/** The environment of this process, for a server that it starts. */
export function productionEnv(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_ENV: 'production' };
}

/** The environment of this process, for somebody's app: without what would have it run as this program does. */
export function appEnv(): Record<string, string> {
  const { NODE_ENV: _mode, NODE_OPTIONS: _options, ...rest } = process.env;
  return Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** A variable of this process's environment; undefined when it is empty. */
export function readVariable(name: string): string | undefined {
  const given = process.env[name]?.trim();
  return given === '' ? undefined : given;
}

/** A variable of the `.env` in the folder of somebody's app. @throws EnvError when there is one that cannot be read */
export function readVariableOfApp(name: string, folder: string): string | undefined {
  return readDotEnvOf(folder)[name];
}

function readDotEnv(): Source {
  return isInstalled ? {} : readDotEnvOf(projectRoot);
}

function readDotEnvOf(folder: string): Source {
  try {
    return parseEnv(readFileSync(resolve(folder, '.env'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new EnvError(`.env cannot be read (${(error as Error).message}).`);
  }
}

/** The text between `//` and the last `@` may hold a password; an error about the address must not print it. */
function hidePassword(value: string): string {
  return value.replace(/\/\/.*@/, '//…@');
}
