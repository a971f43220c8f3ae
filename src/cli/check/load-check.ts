import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { checkFileSchema, EMBEDDED } from '@/check/check-file';
import type { CheckFile } from '@/check/check-file';
import { readVariable, readVariableOfApp } from '@/services/env';
import { openEmptyServices } from '@/services/open-services';
import { flagOf } from './check-flags';
import { UsageError } from '../command-io';
import { explain, readSettings } from '../config/load-config';

const NAMES = ['oversell.check.json', 'oversell.check.ts', 'oversell.check.js'];

/** A check, and the folder that its paths are relative to. */
export interface LoadedCheck {
  /** undefined: it was given by flags alone. */
  file: string | undefined;
  folder: string;
  check: CheckFile;
  /** What the flags say of it. */
  given: Partial<CheckFile>;
}

/**
 * Reads the check from the named file, or else from the one in `cwd`, completed by flags, which count more.
 *
 * @param given what the flags say
 * @throws UsageError that names the file and the key
 */
export async function loadCheck(
  cwd: string,
  named: string | undefined,
  given: Partial<CheckFile>,
): Promise<LoadedCheck> {
  const file = named === undefined ? findCheck(cwd) : resolve(cwd, named);
  const settings = file === undefined ? {} : await readSettings(file);
  if (!isObject(settings)) throw new UsageError(`${file}: a check is an object.`);
  if (file === undefined && given.start === undefined)
    throw new UsageError(
      `There is no check: neither a file (${NAMES.join(', ')}) here, nor --start with what starts the app.`,
    );
  const check = readCheck({ ...settings, ...given }, (issue) => describeIssue(issue, file, given));
  return { file, folder: file === undefined ? cwd : dirname(file), check, given };
}

/** @throws UsageError with a line for each field that is wrong */
export function readCheck(
  settings: object,
  describe: (issue: z.core.$ZodIssue) => string = describeField,
): CheckFile {
  const parsed = checkFileSchema.safeParse(settings, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues.map(describe).join('\n'));
}

/** Where an app is, and what it keeps its data in. `embedded` is an address as well. */
export interface FoundServices {
  cwd: string;
  databaseUrl: string;
  /** Null: it has none. */
  redisUrl: string | null;
}

/**
 * Where the app is, its database and its Redis: by the flag, the environment, the file or the app's `.env`, in this order.
 *
 * @throws UsageError when there is no database, or one of something else
 */
export function findServices({
  folder,
  check,
  given,
}: Pick<LoadedCheck, 'folder' | 'check' | 'given'>): FoundServices {
  const cwd = resolve(folder, check.cwd ?? '.');
  const find = (name: string, field: 'database' | 'redis') =>
    given[field] ?? readVariable(name) ?? check[field] ?? readVariableOfApp(name, cwd);
  const name = check.databaseEnv ?? 'DATABASE_URL';
  const databaseUrl = find(name, 'database');
  if (databaseUrl === undefined)
    throw new UsageError(
      `There is no database: ${name} is set neither in the environment nor in ${cwd}/.env. Set it, or give --database. With --database ${EMBEDDED} the app gets an empty one.`,
    );
  if (!isAddress(databaseUrl, /^postgres(ql)?:$/))
    throw new UsageError(
      'The address of the database is not like postgresql://user:password@127.0.0.1:5432/shop.',
    );
  const redisUrl = find(check.redisEnv ?? 'REDIS_URL', 'redis') ?? NO_REDIS;
  if (redisUrl !== NO_REDIS && !isAddress(redisUrl, /^rediss?:$/))
    throw new UsageError('The address of Redis is not like redis://user:password@127.0.0.1:6379/0.');
  return { cwd, databaseUrl, redisUrl: redisUrl === NO_REDIS ? null : redisUrl };
}

/** What stands for no Redis, where the environment names one that the app does not use. */
const NO_REDIS = 'none';

function isAddress(text: string, protocol: RegExp): boolean {
  return text === EMBEDDED || (URL.canParse(text) && protocol.test(new URL(text).protocol));
}

function findCheck(folder: string): string | undefined {
  const found = NAMES.map((name) => join(folder, name)).filter((file) => existsSync(file));
  if (found.length > 1)
    throw new UsageError(`There are two checks: ${found.join(' and ')}. Name one of them.`);
  return found[0];
}

/** Names the flag that is wrong, or the field and its file. */
function describeIssue(issue: z.core.$ZodIssue, file: string | undefined, given: Partial<CheckFile>): string {
  const [field = ''] = issue.path.map(String);
  const flag = field in given ? flagOf(field) : undefined;
  if (flag !== undefined) return `${flag} ${issue.message}`;
  return `${file === undefined ? '' : `${file}: `}${describeField(issue)}`;
}

function describeField(issue: z.core.$ZodIssue): string {
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  if (isMissing) return `${issue.path.join('.')} is missing`;
  if (issue.code === 'invalid_union') return `${issue.path.join('.')} must be a text or an object`;
  return explain(issue, keysAt);
}

/** The settings of a part of the check. */
function keysAt(path: string): readonly string[] {
  const { shape } = checkFileSchema;
  if (path === '') return Object.keys(shape);
  const parts: Record<string, z.ZodType> = {
    prepare: shape.prepare.unwrap(),
    accepted: shape.accepted.unwrap(),
  };
  const part = parts[path] ?? shape.requests.element;
  return part instanceof z.ZodObject ? Object.keys(part.shape) : [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Calls `use` with where the app, its database and its Redis are. Embedded ones are there until `use` is done.
 *
 * @param options `dataDir`: where the product keeps its data; `phase` is told what is done
 * @throws UsageError as `findServices`; EnvError, ServiceUnreachableError as `openEmptyServices`
 */
export async function withServices<T>(
  loaded: Pick<LoadedCheck, 'folder' | 'check' | 'given'>,
  { dataDir, phase }: { dataDir: string; phase?: (text: string) => void },
  use: (found: FoundServices) => Promise<T>,
): Promise<T> {
  const found = findServices(loaded);
  const wanted = { postgres: found.databaseUrl === EMBEDDED, redis: found.redisUrl === EMBEDDED };
  const names = [...(wanted.postgres ? ['PostgreSQL'] : []), ...(wanted.redis ? ['Redis'] : [])];
  if (names.length === 0) return use(found);
  phase?.(`Starting an empty ${names.join(' and an empty ')}`);
  const empty = await openEmptyServices(dataDir, wanted);
  try {
    const { databaseUrl = found.databaseUrl, redisUrl = found.redisUrl } = empty;
    return await use({ ...found, databaseUrl, redisUrl });
  } finally {
    await empty.close();
  }
}
