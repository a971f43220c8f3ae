import type { ExperimentView, Tally, TrialLane } from '@/model/experiment';
import type { TrialOf } from '@/model/race';
import { experimentUrl, raceUrl } from '@/report/addresses';

/** Something that the lab returns, with its address, which the API adds as `url`. */
export type WithUrl<T> = T & { url: string };

export function withUrl<T extends object>(told: T, url: string): WithUrl<T> {
  return { ...told, url };
}

/** A race or its summary, and the experiment whose trial it is. */
export function raceWithUrls<R extends { id: string; experiment: TrialOf | null }>(race: R): WithUrl<R> {
  const { id, experiment } = race;
  const trialOf = experiment && withUrl(experiment, experimentUrl(experiment.id));
  return withUrl({ ...race, experiment: trialOf }, raceUrl(id));
}

/** An experiment, and its trials wherever it names one. */
export function experimentWithUrls(experiment: ExperimentView): WithUrl<ExperimentView> {
  const { id, current, strategies, bisection } = experiment;
  const trials = {
    current: current && withUrl(current, raceUrl(current.id)),
    strategies: strategies.map((strategy) => ({
      ...tallyWithUrls(strategy),
      firstViolation: strategy.firstViolation && trialWithUrl(strategy.firstViolation),
      worst: strategy.worst && trialWithUrl(strategy.worst),
    })),
    bisection: bisection && { ...bisection, levels: bisection.levels.map(tallyWithUrls) },
  };
  return withUrl({ ...experiment, ...trials }, experimentUrl(id));
}

function tallyWithUrls<T extends Tally>(tally: T): T {
  return { ...tally, trials: tally.trials.map(trialWithUrl) };
}

function trialWithUrl(trial: TrialLane): WithUrl<TrialLane> {
  return withUrl(trial, raceUrl(trial.raceId));
}
