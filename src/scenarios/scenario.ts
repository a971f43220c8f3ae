import { pathToFileURL } from 'node:url';
import type { Judgement, Rules } from '@/audit/judge';
import type { FinalState } from '@/model/final-state';
import type { StorageDeps } from '@/model/strategy';
import type { AuditResult } from '@/model/verdict';
import type { RegisteredStrategy, StrategyFolder } from './registry';

/** What a lane works on: so many units of something, under a name of their own. */
export interface Item {
  sku: string;
  stock: number;
}

/** What is asked about the item of a lane that is over. */
export interface LaneItem {
  sku: string;
  initialStock: number;
  /** Purchases that the server has not finished. */
  stillRunning: number;
  /** Connections of the pool under test. */
  connections?: number;
}

/**
 * What is raced: how the item of a lane is created and read, and how its lanes are judged. How an attempt is made is up to
 * the strategies, which are found in a folder of their own.
 */
export interface Scenario {
  id: string;
  /** Creates an item, or resets it if it exists, with what these strategies keep of it. */
  create: (deps: StorageDeps, strategies: Iterable<RegisteredStrategy>, item: Item) => Promise<void>;
  /** Units left now, by what holds the truth of this strategy; null when that holds nothing for the sku. */
  sample: (deps: StorageDeps, strategy: RegisteredStrategy, sku: string) => Promise<number | null>;
  /** The rows that decide a lane, read in one snapshot. */
  readFinal: (deps: StorageDeps, strategy: RegisteredStrategy, item: LaneItem) => Promise<FinalState>;
  /** Creates what is to be there whenever a server runs; what is there already stays as it is. */
  seed: (deps: StorageDeps, strategies: Iterable<RegisteredStrategy>) => Promise<void>;
  /**
   * Id of the strategy that is the control of another: the same without a guard. Where even that holds under a load, the
   * load cannot tell safe from unsafe.
   */
  controlOf: (strategy: RegisteredStrategy) => string;
  rules: Rules<Omit<AuditResult, keyof Judgement>>;
}

/** Where a scenario is found. */
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
