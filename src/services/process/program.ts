import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StrategyFolder } from '@/scenarios/registry';
import type { ScenarioLocation } from '@/scenarios/scenario';
import { projectRoot } from '../env';

/**
 * `npm run build` compiles to modules in one folder (scripts/bundle.mjs), and this module is one of them. Otherwise
 * TypeScript runs through tsx.
 */
const compiled = import.meta.url.endsWith('.mjs') ? path.dirname(fileURLToPath(import.meta.url)) : undefined;

/** The output of `npm run build`: `client`, `server` and `program`. A compiled program uses the folder it came with. */
export const buildFolder = compiled ? path.dirname(compiled) : path.join(projectRoot, 'build');

const compiledStrategies = compiled && path.join(compiled, 'strategies');

/**
 * The strategies of this project. A compiled program lists those that it was compiled with, whose sources are beside
 * them, so that all processes of a server have the same ones, whatever has been edited since.
 */
export const strategyFolder: StrategyFolder = {
  sources: compiledStrategies ?? path.join(projectRoot, 'src/scenarios/inventory/strategies'),
  compiled: compiledStrategies,
};

/** What this program races unless it is told otherwise. */
export const inventory: ScenarioLocation = {
  module: compiled
    ? path.join(compiled, 'inventory.mjs')
    : path.join(projectRoot, 'src/scenarios/inventory/scenario.ts'),
  strategies: strategyFolder,
};

/** Arguments for Node that run another program of this project the way this one runs. */
export function programArguments(name: 'server' | 'purchase-server'): string[] {
  return compiled
    ? ['--enable-source-maps', path.join(compiled, `${name}.mjs`)]
    : ['--import', 'tsx', path.join(projectRoot, `${name}.ts`)];
}
