import { pathToFileURL } from 'node:url';
import type { Judgement, Rules } from '@/audit/judge';
import type { FinalState } from '@/model/final-state';
import type { StorageDeps } from '@/model/strategy';
import type { AuditResult } from '@/model/verdict';
import type { RegisteredStrategy, StrategyFolder } from './registry';

/** The item that a lane sells: its name, and its number of units. */
export interface Item {
  sku: string;
  stock: number;
}

/** The item of a finished lane, as `readFinal` needs it. */
export interface LaneItem {
  sku: string;
  initialStock: number;
  /** Purchases that the server has not finished. */
  stillRunning: number;
  /** Connections of the pool under test. */
  connections?: number;
}

/**
 * What is raced: how the item of a lane is created and read, and how its lanes are judged. Strategies decide how an
 * attempt is made; each scenario has a folder of them.
 */
export interface Scenario {
  id: string;
  /** Creates an item, or resets it if it exists, with everything that these strategies store for it. */
  create: (deps: StorageDeps, strategies: Iterable<RegisteredStrategy>, item: Item) => Promise<void>;
  /** Units left according to the store that holds this strategy's truth; null when it holds nothing for the sku. */
  sample: (deps: StorageDeps, strategy: RegisteredStrategy, sku: string) => Promise<number | null>;
  /** The rows that decide a lane, read in one snapshot. */
  readFinal: (deps: StorageDeps, strategy: RegisteredStrategy, item: LaneItem) => Promise<FinalState>;
  /** Creates the items that must exist whenever a server runs; existing ones stay as they are. */
  seed: (deps: StorageDeps, strategies: Iterable<RegisteredStrategy>) => Promise<void>;
  /**
   * Id of the strategy that is the control of another: the same without a guard. If even that holds under a load, the
   * load cannot tell safe from unsafe.
   */
  controlOf: (strategy: RegisteredStrategy) => string;
  rules: Rules<Omit<AuditResult, keyof Judgement>>;
}

/** The location of a scenario. */
export interface ScenarioLocation {
  /** A module whose default export is the scenario; threads load it anew. */
  module: string;
  strategies: StrategyFolder;
}

/** Loads a scenario's module. */
export async function loadScenario({ module }: Pick<ScenarioLocation, 'module'>): Promise<Scenario> {
  const { default: scenario } = (await import(/* @vite-ignore */ pathToFileURL(module).href)) as {
    default: Scenario;
  };
  return scenario;
}
