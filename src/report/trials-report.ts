import type { ExperimentView, StrategyTrials } from '@/model/experiment';
import type { RaceView } from '@/model/race';
import { countOf, formatNumber } from '@/model/wording';
import { judgeAgainst, REPORT_VERSION, reportRace, wantedVerdict } from './race-report';
import type { Assertion, Demands } from './race-report';

/** The trials of a race, what was demanded of each strategy, and what came of that. */
export interface TrialsReport {
  format: 'oversell-trials-report';
  version: typeof REPORT_VERSION;
  /** Such as `oversell 0.1.0`. */
  writtenBy: string;
  experiment: ExperimentView;
  /** By lane, in the order of the demands: a condition is met when it is in every trial. */
  assertions: Assertion[];
}

/**
 * Checks trials that are over against the demands. A strategy broke when it did in one trial, however many held, and it
 * held when it did in each.
 * Conditions are checked in each trial's race: `races` has those that can be read, and is read once.
 */
export async function reportTrials(
  experiment: ExperimentView,
  races: AsyncIterable<RaceView>,
  demands: Demands,
  writtenBy: string,
): Promise<TrialsReport> {
  const checked = new Map<string, { assertion: Assertion; trial: number }[]>();
  for await (const race of races) {
    for (const assertion of reportRace(race, demands, writtenBy).assertions) {
      if (assertion.kind === 'expectation') continue;
      const key = keyOf(assertion);
      checked.set(key, [...(checked.get(key) ?? []), { assertion, trial: race.experiment?.trial ?? 0 }]);
    }
  }
  const conditions = [
    ...demands.invariants.map(({ text }) => ({ kind: 'invariant' as const, text })),
    ...demands.thresholds.map(({ text }) => ({ kind: 'threshold' as const, text })),
  ];
  const assertions = listContestants(experiment).flatMap((one): Assertion[] => [
    expectOf(one, demands),
    ...conditions.map((condition) => {
      const asked = { ...condition, lane: one.lane };
      return { ...asked, ...joinTrials(checked.get(keyOf(asked)) ?? []) };
    }),
  ]);
  return { format: 'oversell-trials-report', version: REPORT_VERSION, writtenBy, experiment, assertions };
}

/** The strategies that were asked for, without controls. */
export function listContestants({ strategies }: ExperimentView): StrategyTrials[] {
  return strategies.filter(({ role }) => role === 'contestant');
}

const keyOf = ({ kind, lane, text }: Pick<Assertion, 'kind' | 'lane' | 'text'>) => `${kind} ${lane} ${text}`;

function expectOf(one: StrategyTrials, { expect }: Demands): Assertion {
  const { lane, violated, ok, inconclusive, done, expected } = one;
  const verdict = done === 0 ? null : violated > 0 ? 'violated' : ok > 0 ? 'ok' : 'inconclusive';
  const text = expect === 'label' ? `label ${expected}` : expect;
  const judged = judgeAgainst(expect, expected, verdict);
  // what has to hold has to in each trial, and an inconclusive one does not show that it did
  const isOpen = verdict === 'ok' && inconclusive > 0 && wantedVerdict(expect, expected) === 'ok';
  const open = `${formatNumber(inconclusive)} of ${countOf(done, 'trial')} ${inconclusive === 1 ? 'is' : 'are'} inconclusive`;
  return {
    kind: 'expectation',
    lane,
    text,
    ...(isOpen ? { result: 'undecided' as const, why: open } : judged),
  };
}

/** What a condition came to in all trials, with the figures of the first trial that breaks it or leaves it undecided. */
function joinTrials(
  trials: readonly { assertion: Assertion; trial: number }[],
): Pick<Assertion, 'result' | 'why'> {
  if (trials.length === 0) return { result: 'undecided', why: 'no trial is over' };
  for (const result of ['broken', 'undecided'] as const) {
    const these = trials.filter(({ assertion }) => assertion.result === result);
    const [first] = these;
    if (!first) continue;
    const share = `${formatNumber(these.length)} of ${countOf(trials.length, 'trial')}`;
    const what = result === 'broken' ? `not in ${share}` : `undecided in ${share}`;
    return { result, why: `${what}, the first is trial ${first.trial}: ${first.assertion.why}` };
  }
  return { result: 'met', why: `in ${countOf(trials.length, 'trial')}` };
}
