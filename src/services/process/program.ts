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

/** The strategies of this project, compiled if this program is. */
export const strategyFolder: StrategyFolder = {
  sources: path.join(projectRoot, 'src/scenarios/inventory/strategies'),
  compiled: compiled && path.join(compiled, 'strategies'),
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
