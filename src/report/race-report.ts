import type { LaneView, RaceView } from '@/model/race';
import type { Expected } from '@/model/strategy';
import type { Verdict } from '@/model/verdict';
import type { Collision } from './collision';
import type { Condition } from './condition';

/** The version of `RaceReport` as JSON. It rises when a field is renamed, retyped or dropped, and never otherwise. */
export const REPORT_VERSION = 1;

/**
 * What lanes are expected to do: `safe` wants every lane `ok`, `race` wants every lane broken, and `label` wants of each
 * strategy what its class says.
 */
export const EXPECTATIONS = ['safe', 'race', 'label'] as const;
export type Expectation = (typeof EXPECTATIONS)[number];

/** What a caller demands of a race. */
export interface Demands {
  expect: Expectation;
  /** Conditions whose breach is a violation. */
  invariants: readonly Condition[];
  /** Conditions whose breach is a crossed threshold. */
  thresholds: readonly Condition[];
}

/**
 * What can come of a demand, the worst first. `undecided`: the lane's verdict is inconclusive, or only bounds of a figure
 * are known, and the lane may meet the demand or break it.
 */
export const ASSERTION_RESULTS = ['broken', 'undecided', 'met'] as const;

/** One demand on one lane, and whether the lane meets it. */
export interface Assertion {
  kind: 'expectation' | 'invariant' | 'threshold';
  /** The lane's index. */
  lane: number;
  /** `safe`, or `p99<200`. */
  text: string;
  result: (typeof ASSERTION_RESULTS)[number];
  /** What decided it, as a phrase: `p99 is 312 ms`, `the verdict is violated`. */
  why: string;
}

/** A race, what was demanded of it, and what came of that: the content of every report. */
export interface RaceReport {
  format: 'oversell-report';
  version: typeof REPORT_VERSION;
  /** Such as `oversell 0.1.0`. */
  writtenBy: string;
  race: RaceView;
  /** `false`: it is not known under which plan the race ran, and what `race.plan` has are defaults. Else absent. */
  hasPlan?: false;
  /** By lane, in the order of the demands. */
  assertions: Assertion[];
  /** The first piece of its evidence; null for a race without, absent in reports that were written before it was kept. */
  collision?: Collision | null;
}

/** Checks a race that is over against the demands. Lanes that only serve as controls answer to none. */
export function reportRace(
  race: RaceView,
  demands: Demands,
  writtenBy: string,
  collision: Collision | null = null,
): RaceReport {
  const lanes = race.lanes.filter(({ role }) => role === 'contestant');
  const assertions = lanes.flatMap((lane): Assertion[] => {
    const checked = (kind: 'invariant' | 'threshold', conditions: readonly Condition[]): Assertion[] =>
      conditions.map(({ text, check }) => {
        const { result, why } = check(lane);
        return { kind, lane: lane.index, text, result, why };
      });
    return [
      expectOf(lane, demands.expect),
      ...checked('invariant', demands.invariants),
      ...checked('threshold', demands.thresholds),
    ];
  });
  return { format: 'oversell-report', version: REPORT_VERSION, writtenBy, race, assertions, collision };
}

/** The worst that came of some demands: `met` if all are; null where nothing was demanded. */
export function worstOf(assertions: readonly Assertion[]): Assertion['result'] | null {
  return ASSERTION_RESULTS.find((worst) => assertions.some(({ result }) => result === worst)) ?? null;
}

/** What was demanded of a lane, and what came of that. */
export function assertionsOf({ assertions }: RaceReport, { index }: Pick<LaneView, 'index'>): Assertion[] {
  return assertions.filter(({ lane }) => lane === index);
}

/**
 * Whether a lane may break: a control is there for that, and an expectation can want it (`race`) or allow it (`label`,
 * of a conditional strategy).
 */
export function mayBreak(report: RaceReport, lane: Pick<LaneView, 'index' | 'role'>): boolean {
  const isMet = ({ kind, result }: Assertion) => kind === 'expectation' && result === 'met';
  return lane.role === 'control' || assertionsOf(report, lane).some(isMet);
}

/** The verdict that meets an expectation; null where each does, as for a strategy that is safe on a condition. */
export function wantedVerdict(expect: Expectation, expected: Expected): Verdict['status'] | null {
  if (expect === 'safe') return 'ok';
  if (expect === 'race') return 'violated';
  return VERDICT_BY_LABEL[expected];
}

const VERDICT_BY_LABEL: Record<Expected, Verdict['status'] | null> = {
  safe: 'ok',
  unsafe: 'violated',
  conditional: null,
};

function expectOf({ index, expected, verdict, status }: LaneView, expect: Expectation): Assertion {
  const text = expect === 'label' ? `label ${expected}` : expect;
  const judged = status === 'finished' ? verdict.status : null;
  return { kind: 'expectation', lane: index, text, ...judgeAgainst(expect, expected, judged) };
}

/** Whether a verdict meets what is expected of a strategy of this class; null: the lane was not judged. */
export function judgeAgainst(
  expect: Expectation,
  expected: Expected,
  verdict: Verdict['status'] | null,
): Pick<Assertion, 'result' | 'why'> {
  const wanted = wantedVerdict(expect, expected);
  const why = verdict === null ? 'the lane was not judged' : `the verdict is ${verdict}`;
  if (wanted === null || verdict === wanted) return { result: 'met', why };
  return { result: verdict === null || verdict === 'inconclusive' ? 'undecided' : 'broken', why };
}
