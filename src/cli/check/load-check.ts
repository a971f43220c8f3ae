import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { checkFileSchema } from '@/check/check-file';
import type { CheckFile } from '@/check/check-file';
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
  const parsed = checkFileSchema.safeParse({ ...settings, ...given }, { reportInput: true });
  if (parsed.success)
    return { file, folder: file === undefined ? cwd : dirname(file), check: parsed.data, given };
  if (file === undefined && given.start === undefined)
    throw new UsageError(
      `There is no check: neither a file (${NAMES.join(', ')}) here, nor --start with what starts the app.`,
    );
  throw new UsageError(parsed.error.issues.map((issue) => describeIssue(issue, file, given)).join('\n'));
}

function findCheck(folder: string): string | undefined {
  const found = NAMES.map((name) => join(folder, name)).filter((file) => existsSync(file));
  if (found.length > 1)
    throw new UsageError(`There are two checks: ${found.join(' and ')}. Name one of them.`);
  return found[0];
}

/** A flag is told by its name, and a field of the file with the file. */
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
