import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { IMPLIED_STEPS, STEP_KINDS } from '@/model/step-kind';
import type { StepKind } from '@/model/step-kind';
import { ANOMALIES } from '@/model/strategy';
import type { Strategy, StrategyInfo } from '@/model/strategy';

/** A strategy with its id and the list of steps by which traces refer to them. */
export interface RegisteredStrategy extends Strategy {
  id: string;
  stepNames: string[];
  /** Their kinds, in the same order. */
  stepKinds: StepKind[];
  /** The text of its file. */
  source: string;
}

const isFunction = (value: unknown) => typeof value === 'function';
const method = z.custom<unknown>(isFunction, 'must be a function');

const strategySchema = z
  .object({
    name: z.string().min(1),
    expected: z.enum(['unsafe', 'conditional', 'safe']),
    summary: z.string().min(1),
    anomaly: z.enum(ANOMALIES),
    condition: z.string().optional(),
    conditionHolds: z.boolean().optional(),
    price: z.string().min(1),
    usedBy: z.array(z.string()),
    references: z.array(z.object({ title: z.string().min(1), url: z.url() })),
    idempotent: z.boolean(),
    givesBack: z.boolean().optional(),
    stores: z.array(z.enum(['postgres', 'redis'])).min(1),
    steps: z.record(z.string(), z.enum(STEP_KINDS)),
    storage: z
      .object({
        store: z.string().min(1),
        truth: z.enum(['own', 'row']),
        prepare: method,
        remaining: method,
        clear: method,
        drain: method.optional(),
      })
      .optional(),
    purchase: method,
  })
  .refine(
    ({ expected, condition, conditionHolds }) =>
      [condition, conditionHolds].every((field) => (expected === 'conditional') === (field !== undefined)),
    {
      path: ['condition'],
      message: 'and conditionHolds belong to conditional strategies, and to each of them',
    },
  );

/** Where strategies are found. */
export interface StrategyFolder {
  /** Holds `<id>.ts` for each strategy. */
  sources: string;
  /** Holds `<id>.mjs`, compiled from them. Without it the sources run. */
  compiled?: string | undefined;
}

/**
 * Finds every strategy in a folder: each `<id>.ts` that is not a test. Read with `readdir`, not with Vite's glob, so
 * that the command line and load processes find them too. Throws, naming the file, when one is not a strategy.
 */
export async function loadStrategies(folder: StrategyFolder): Promise<Map<string, RegisteredStrategy>> {
  const files = (await readdir(folder.sources)).filter((file) => /^[a-z0-9-]+\.ts$/.test(file)).sort();
  const ids = files.map((file) => path.basename(file, '.ts'));
  const strategies = await Promise.all(ids.map((id) => loadStrategy(folder, id)));
  return new Map(strategies.map((strategy) => [strategy.id, strategy]));
}

/**
 * The same strategy from a module instance of its own, which shares its memory with no other instance: what a second
 * server process would have.
 */
export function loadStrategyInstance(
  folder: StrategyFolder,
  id: string,
  instance: number,
): Promise<RegisteredStrategy> {
  return loadStrategy(folder, id, `?instance=${instance}`);
}

async function loadStrategy(folder: StrategyFolder, id: string, query = ''): Promise<RegisteredStrategy> {
  const { sources, compiled } = folder;
  const source = path.join(sources, `${id}.ts`);
  const location = compiled === undefined ? source : path.join(compiled, `${id}.mjs`);
  const module = (await import(/* @vite-ignore */ pathToFileURL(location).href + query)) as {
    default?: unknown;
  };
  const parsed = strategySchema.safeParse(module.default);
  if (!parsed.success)
    throw new Error(
      `${path.join(path.basename(sources), `${id}.ts`)} is not a strategy: ${z.prettifyError(parsed.error)}`,
    );
  const strategy = module.default as Strategy;
  const steps = { ...IMPLIED_STEPS, ...strategy.steps };
  return {
    ...strategy,
    id,
    stepNames: Object.keys(steps),
    stepKinds: Object.values(steps),
    source: await readFile(source, 'utf8'),
  };
}

/** The public description: the metadata of the file, without its code. */
export function describeStrategy(strategy: RegisteredStrategy): StrategyInfo {
  const { id, name, expected, summary, anomaly, condition, conditionHolds, ...rest } = strategy;
  const { price, usedBy, references, idempotent, stores } = rest;
  return {
    id,
    name,
    expected,
    summary,
    anomaly,
    condition,
    conditionHolds,
    price,
    usedBy,
    references,
    idempotent,
    stores,
  };
}
