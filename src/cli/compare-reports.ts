import type { LaneSummary } from '@/model/race';
import { formatNumber } from '@/model/wording';
import { compareRaces } from '@/report/compare-races';
import type { Comparison, Difference, MetricRow } from '@/report/compare-races';
import { listPlanDifferences } from '@/report/compare-plans';
import type { RaceReport } from '@/report/race-report';
import { describeLane } from '@/report/verdict-words';
import type { SavedReport } from '@/report/read-report';
import { UsageError } from './command-io';
import { compareTrials } from './compare-trials';
import { EXIT } from './exit-code';
import type { ExitCode } from './exit-code';
import { worstCode } from './outcome';

/** A report against an earlier one. */
export interface ComparedReports {
  text: string;
  code: ExitCode;
  comparison: Comparison;
  /** Fields in which the plans differ, so that no claim is made. */
  otherPlan: string[];
}

/** Two saved reports beside each other, in words and as data. */
export interface ComparedSaved {
  text: string;
  code: ExitCode;
  data: object;
}

/**
 * Compares two saved reports, of races or of trials.
 *
 * @throws UsageError when they are not of one kind
 */
export function compareSaved(earlier: SavedReport, later: SavedReport): ComparedSaved {
  if (earlier.kind === 'race' && later.kind === 'race') {
    const { text, code, comparison, otherPlan } = compareReports(earlier.report, later.report);
    return { text, code, data: { ...comparison, otherPlan } };
  }
  if (earlier.kind === 'trials' && later.kind === 'trials') {
    const { text, code, strategies, otherPlan } = compareTrials(earlier.report, later.report);
    return { text, code, data: { strategies, otherPlan } };
  }
  throw new UsageError(
    'One report is of a race and the other of trials: only two of one kind can be compared.',
  );
}

/**
 * Compares a report with an earlier one, strategy by strategy. `violated` when a strategy broke that had not,
 * `inconclusive` when one has no verdict now, a crossed threshold when a figure is worse. `inconclusive` too when the
 * plans differ: then no claim is made, about counts as little as about speed.
 */
export function compareReports(baseline: RaceReport, report: RaceReport): ComparedReports {
  const comparison = compareRaces([baseline.race, report.race]);
  const otherPlan = listPlanDifferences(baseline.race, report.race);
  const lines = [`Compared with race ${baseline.race.id}`];
  const isPlanUnknown = baseline.hasPlan === false || report.hasPlan === false;
  const noClaim = isPlanUnknown || otherPlan.length > 0;
  if (isPlanUnknown) lines.push('  No claim: the plan of a race is not known.');
  else if (noClaim) lines.push(`  No claim: the plans differ in ${otherPlan.join(', ')}.`);
  let hasBroken = false;
  let isOpen = false;
  let isWorse = false;
  for (const { strategy, lanes, rows } of comparison.groups) {
    const [before, now] = lanes;
    if (!strategy) continue;
    lines.push('', strategy.id);
    if (!before || !now) {
      lines.push(`  only in ${before ? 'the earlier' : 'this'} race`);
      continue;
    }
    const [earlier, later] = [judgementOf(before.summary), judgementOf(now.summary)];
    lines.push(`  verdict: ${earlier}${wordOf(before.summary)}, now ${later}${wordOf(now.summary)}`);
    hasBroken ||= earlier !== 'violated' && later === 'violated';
    isOpen ||= later !== 'violated' && later !== 'ok';
    for (const row of rows) {
      const { line, difference } = describe(row, noClaim);
      if (line !== null) lines.push(`  ${line}`);
      isWorse ||= difference?.judgement === 'worse' && !noClaim;
    }
  }
  const code = worstCode([
    noClaim ? EXIT.inconclusive : EXIT.pass,
    hasBroken ? EXIT.violated : EXIT.pass,
    isOpen ? EXIT.inconclusive : EXIT.pass,
    isWorse ? EXIT.threshold : EXIT.pass,
  ]);
  return { text: `${lines.join('\n')}\n`, code, comparison, otherPlan };
}

/** The verdict, or why there is none. */
function judgementOf({ status, counts, verdict }: LaneSummary): string {
  if (status === 'finished') return verdict.status;
  return counts.attempts === 0 ? 'not run' : 'not judged';
}

/** What the page of the race calls the lane, in brackets; nothing where the verdict is all there is. */
function wordOf(lane: LaneSummary): string {
  if (lane.status !== 'finished') return '';
  const { word, figure } = describeLane(lane);
  return ` (${figure ? `${word} ${figure}` : word})`;
}

const JUDGEMENTS: Record<NonNullable<Difference['judgement']>, string> = {
  better: 'better',
  worse: 'worse',
  same: 'the same',
  'about-same': 'within noise',
};

function describe(
  { name, unit, cells: [before, now] }: MetricRow,
  isOtherPlan: boolean,
): { line: string | null; difference: Difference | null } {
  if (!before || !now) return { line: null, difference: null };
  const { difference } = now;
  const suffix = { count: '', rate: '/s', ms: ' ms' }[unit];
  const figures = `${name}: ${formatNumber(before.value)}${suffix}, now ${formatNumber(now.value)}${suffix}`;
  if (isOtherPlan || !difference) return { line: figures, difference };
  const judged = difference.judgement === null ? difference.doubt : JUDGEMENTS[difference.judgement];
  return { line: judged === null ? figures : `${figures} (${judged})`, difference };
}
