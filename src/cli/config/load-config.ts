import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { defineCheck } from '@/check/check-file';
import { UsageError } from '../command-io';
import { OUTPUT_FORMATS } from '../report-files';
import { configSchema, defineConfig } from './config-schema';
import type { OversellConfig } from './config-schema';

const NAMES = ['oversell.config.json', 'oversell.config.ts'];

/** Settings, and the file that they came from. */
export interface LoadedConfig {
  file: string;
  settings: OversellConfig;
}

/**
 * Reads the settings from the named file, or from the first folder that has one, from `cwd` upwards; null if none has.
 *
 * @throws UsageError that names the file and the key
 */
export async function loadConfig(cwd: string, named: string | undefined): Promise<LoadedConfig | null> {
  const file = named === undefined ? findConfig(cwd) : resolve(cwd, named);
  if (file === null) return null;
  const parsed = configSchema.safeParse(await readSettings(file), { reportInput: true });
  if (parsed.success) return { file, settings: parsed.data };
  throw new UsageError(parsed.error.issues.map((issue) => `${file}: ${explain(issue, keysAt)}`).join('\n'));
}

function findConfig(folder: string): string | null {
  const found = NAMES.map((name) => join(folder, name)).filter((file) => existsSync(file));
  if (found.length > 1) throw new UsageError(`There are two files of settings: ${found.join(' and ')}.`);
  const parent = dirname(folder);
  return found[0] ?? (parent === folder ? null : findConfig(parent));
}

/**
 * What a file of settings holds, as JSON or as the default export of a module.
 *
 * @throws UsageError when it cannot be read
 */
export async function readSettings(file: string): Promise<unknown> {
  try {
    if (!/\.[cm]?[jt]s$/.test(file)) return JSON.parse(await readFile(file, 'utf8')) as unknown;
    // Node 20 reads no TypeScript
    const { createJiti } = await import('jiti');
    const options = {
      fsCache: false,
      moduleCache: false,
      virtualModules: { oversell: { defineConfig, defineCheck } },
    };
    return await createJiti(file, options).import(file, { default: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} cannot be read: ${reason}`);
  }
}

/** @param keysOf the settings that there are at a path */
export function explain(issue: z.core.$ZodIssue, keysOf: (path: string) => readonly string[]): string {
  const path = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return path === '' ? issue.message : `${path} ${issue.message}`;
  const keys = issue.keys.map((key) => `"${key}"`).join(', ');
  return `${path === '' ? 'there' : path} is no setting ${keys}; there are ${keysOf(path).join(', ')}`;
}

/** The settings of a section. */
function keysAt(path: string): readonly string[] {
  if (path === 'race.outputs') return OUTPUT_FORMATS;
  const section = path === 'race' || path === 'explore' ? configSchema.shape[path].unwrap() : configSchema;
  return Object.keys(section.shape);
}
