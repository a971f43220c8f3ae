import type { RateEstimate } from '@/lib/binomial';
import type { LoadPlan } from '@/plan/load-plan';
import type { LaneWords } from './verdict';
import type { RaceOrigin, RaceStatus } from './race';
import type { Expected } from './strategy';

export const EXPERIMENT_KINDS = ['trials', 'bisection'] as const;

/** `trials` races one plan again and again; `bisection` searches the smallest concurrency that still breaks. */
export type ExperimentKind = (typeof EXPERIMENT_KINDS)[number];

/** Limits that requests are checked against, and that messages name. */
export const EXPERIMENT_LIMITS = {
  trials: { min: 2, max: 200 },
  /** Total of all lanes and trials; for a bisection, with the most levels that it may have. */
  attempts: { min: 1, max: 5_000_000 },
  /** The same for the time that the loads take by their plans: six hours. */
  seconds: { min: 1, max: 21_600 },
} as const;

/** Trials at each level when a bisection is started from a page. */
export const BISECTION_TRIALS = 10;

/** The request, and its progress. */
export interface ExperimentHead {
  id: string;
  kind: ExperimentKind;
  status: RaceStatus;
  /** Why it ended `failed`, `aborted` or `interrupted`. */
  reason: string | null;
  origin: RaceOrigin;
  /** Number of trials; in a bisection, at each level. */
  trials: number;
  /** The plan of the first trial. Later ones differ in the seed, and in a bisection in the concurrency. */
  plan: LoadPlan;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** One lane of one trial. */
export interface TrialLane {
  raceId: string;
  /** Number of the trial in its experiment, from 1. */
  trial: number;
  /** Null until the lane is over. */
  verdict: 'ok' | 'violated' | 'inconclusive' | null;
  /** The lane's result, as its race words it. */
  words: LaneWords;
  oversold: number;
  lostUpdates: number;
}

/** Lowest, middle and highest number of units in the trials with a verdict. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** The results of the trials of one strategy, at one concurrency. */
export interface Tally {
  /** Trials that are over: violated, ok and inconclusive ones. */
  done: number;
  ok: number;
  violated: number;
  /** Trials that prove nothing either way; part of `done`, which the rate refers to. */
  inconclusive: number;
  /** The reasons, most frequent first. */
  inconclusiveReasons: { reason: string; count: number }[];
  /** Of all trials that are over. */
  rate: RateEstimate;
  /** By trial number, including those that wait or run. */
  trials: TrialLane[];
}

/** One lane of an experiment of kind `trials`, over all its trials. */
export interface StrategyTrials extends Tally {
  /** Index of the lane in every trial's race. */
  lane: number;
  strategy: string;
  strategyName: string;
  expected: Expected;
  role: 'contestant' | 'control';
  /** The first trial that was violated; its number is how many trials it took. */
  firstViolation: TrialLane | null;
  /** The violated trial with the most units oversold, or lost where none was oversold. */
  worst: TrialLane | null;
  /** Null until a trial has a verdict. */
  oversold: Spread | null;
  lostUpdates: Spread | null;
  /** The conclusion from the numbers, in one or two sentences. */
  statement: string;
}

/** One concurrency of a bisection. */
export interface LevelTrials extends Tally {
  concurrency: number;
  /**
   * `breaks`: at least one trial was violated. `holds`: all were raced, none was violated, and at least one has a
   * verdict. `undecided`: none has a verdict. `open`: not all were raced.
   */
  outcome: 'breaks' | 'holds' | 'undecided' | 'open';
}

export interface Bisection {
  strategy: string;
  strategyName: string;
  expected: Expected;
  /** By concurrency, lowest first. */
  levels: LevelTrials[];
  /** The smallest concurrency that broke; null while there is none. */
  smallest: number | null;
  /** Whether a level held although a lower one broke. */
  contradicts: boolean;
  statement: string;
}

/** An experiment as the lab returns it and its page shows it. The API adds addresses. */
export interface ExperimentView extends ExperimentHead {
  /** Trials that are over. */
  done: number;
  /** The number of planned trials; for a bisection, whose number is not known in advance, the most there can be. */
  planned: number;
  /** The race that waits or runs now. */
  current: { id: string; trial: number } | null;
  /** In an experiment of kind `trials`: one for each lane. */
  strategies: StrategyTrials[];
  /** In an experiment of kind `bisection`. */
  bisection: Bisection | null;
}

/** An experiment in the list of experiments: counts without their trials. */
export interface ExperimentSummary extends ExperimentHead {
  done: number;
  planned: number;
  strategies: Pick<StrategyTrials, 'lane' | 'strategy' | 'expected' | 'role' | 'rate'>[];
  /** In a bisection: the smallest concurrency that broke so far. */
  smallest: number | null;
}

/** Experiments, newest first; `nextCursor` asks for the ones after these, null at the end. */
export interface ExperimentPage {
  experiments: ExperimentSummary[];
  nextCursor: string | null;
}

/** A stored lane of a trial: every number of an experiment is computed from these. */
export interface TrialRow {
  experimentId: string;
  raceId: string;
  trial: number;
  status: RaceStatus;
  concurrency: number;
  lane: number;
  strategy: string;
  strategyName: string;
  expected: Expected;
  role: 'contestant' | 'control';
  verdict: 'ok' | 'violated' | 'inconclusive' | null;
  words: LaneWords;
  oversold: number;
  lostUpdates: number;
}
