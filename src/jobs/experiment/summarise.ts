import type {
  Bisection,
  ExperimentHead,
  ExperimentSummary,
  ExperimentView,
  LevelTrials,
  StrategyTrials,
  TrialRow,
} from '@/model/experiment';
import { isOver } from '@/model/job';
import { describeRate } from '@/report/experiment-wording';
import { describeBisection, outcomeOf } from './describe-bisection';
import { mostTrials } from './next-trial';
import { findFirstViolation, findWorst, spreadOf, tally } from './tally';

/** Everything about an experiment, computed from the lanes of its trials. */
export function summarise(head: ExperimentHead, rows: readonly TrialRow[]): ExperimentView {
  const current = rows.find(({ status }) => !isOver(status));
  return {
    ...head,
    done: countTrials(rows.filter(({ status }) => isOver(status))),
    planned: mostTrials(head),
    current: current ? { id: current.raceId, trial: current.trial } : null,
    strategies: head.kind === 'trials' ? [...byLane(rows)].map(summariseLane) : [],
    bisection: head.kind === 'bisection' ? summariseBisection(head, rows) : null,
  };
}

/** The same for a list of experiments. */
export function summariseBriefly(head: ExperimentHead, rows: readonly TrialRow[]): ExperimentSummary {
  const { strategies, bisection, current: _current, ...rest } = summarise(head, rows);
  return {
    ...rest,
    strategies: strategies.map(({ lane, strategy, expected, role, rate }) => ({
      lane,
      strategy,
      expected,
      role,
      rate,
    })),
    smallest: bisection?.smallest ?? null,
  };
}

function byLane(rows: readonly TrialRow[]): Map<number, TrialRow[]> {
  return groupBy(
    [...rows].sort((a, b) => a.lane - b.lane),
    ({ lane }) => lane,
  );
}

function summariseLane([lane, rows]: [number, TrialRow[]]): StrategyTrials {
  const tallied = tally(rows);
  const { trials, rate } = tallied;
  const [{ strategy, strategyName, expected, role }] = rows as [TrialRow];
  return {
    lane,
    strategy,
    strategyName,
    expected,
    role,
    ...tallied,
    firstViolation: findFirstViolation(trials),
    worst: findWorst(trials),
    oversold: spreadOf(trials, 'oversold'),
    lostUpdates: spreadOf(trials, 'lostUpdates'),
    statement: describeRate(rate),
  };
}

/** Reads only the lane that was asked for; a control that races beside it affects nothing but its verdict. */
function summariseBisection(head: ExperimentHead, rows: readonly TrialRow[]): Bisection {
  const own = rows.filter(({ role }) => role === 'contestant');
  const levels = [...groupBy(own, ({ concurrency }) => concurrency)]
    .map(([concurrency, level]): LevelTrials => {
      const tallied = tally(level);
      return { concurrency, outcome: outcomeOf(tallied, head.trials), ...tallied };
    })
    .sort((a, b) => a.concurrency - b.concurrency);
  const strategy = head.plan.strategies[0] ?? '';
  const found = describeBisection(head, levels);
  const [first] = own;
  return {
    strategy,
    strategyName: first?.strategyName ?? strategy,
    expected: first?.expected ?? 'unsafe',
    levels,
    ...found,
  };
}

function countTrials(rows: readonly TrialRow[]): number {
  return new Set(rows.map(({ raceId }) => raceId)).size;
}

function groupBy<Key>(rows: readonly TrialRow[], keyOf: (row: TrialRow) => Key): Map<Key, TrialRow[]> {
  const groups = new Map<Key, TrialRow[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}
