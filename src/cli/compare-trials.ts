import { CONFIDENCE } from '@/lib/binomial';
import type { RateEstimate } from '@/lib/binomial';
import { chanceOfDifference } from '@/lib/fisher-exact';
import { countOf, formatNumber } from '@/model/wording';
import { listPlanDifferences } from '@/report/compare-plans';
import { listContestants } from '@/report/trials-report';
import type { TrialsReport } from '@/report/trials-report';
import { EXIT } from './exit-code';
import type { ExitCode } from './exit-code';
import { worstCode } from './outcome';

/** How often a strategy broke, then and now. Null: it was not raced. */
interface StrategyComparison {
  strategy: string;
  before: RateEstimate | null;
  now: RateEstimate | null;
  /** Null where no claim can be made. */
  judgement: 'better' | 'worse' | 'within noise' | null;
}

/** Trials against earlier ones. */
export interface ComparedTrials {
  text: string;
  code: ExitCode;
  strategies: StrategyComparison[];
  /** Fields in which the plans differ, so that no claim is made. */
  otherPlan: string[];
}

/**
 * Compares trials with earlier ones of the same plan: a strategy that broke in another share of them is better or worse
 * where chance alone makes shares differ so much in fewer than 5 of 100 cases. `violated` when a strategy broke that had
 * not, `inconclusive` when one has no verdict now, or the plans differ, and a crossed threshold when one broke more
 * often.
 */
export function compareTrials(baseline: TrialsReport, report: TrialsReport): ComparedTrials {
  const otherPlan = listPlanDifferences(baseline.experiment, report.experiment);
  const noClaim = otherPlan.length > 0;
  const rateOf = ({ experiment }: TrialsReport, name: string) =>
    listContestants(experiment).find(({ strategy }) => strategy === name)?.rate ?? null;
  const names = [baseline, report].flatMap(({ experiment }) =>
    listContestants(experiment).map(({ strategy }) => strategy),
  );
  const strategies = [...new Set(names)].map((strategy): StrategyComparison => {
    const [before, now] = [rateOf(baseline, strategy), rateOf(report, strategy)];
    const judgement = noClaim || !before || !now ? null : judge(before, now);
    return { strategy, before, now, judgement };
  });
  const both = strategies.flatMap(({ before, now }) => (before && now ? [{ before, now }] : []));
  const code = worstCode([
    noClaim ? EXIT.inconclusive : EXIT.pass,
    both.some(({ before, now }) => before.violated === 0 && now.violated > 0) ? EXIT.violated : EXIT.pass,
    both.some(({ now }) => now.judged === 0) ? EXIT.inconclusive : EXIT.pass,
    strategies.some(({ judgement }) => judgement === 'worse') ? EXIT.threshold : EXIT.pass,
  ]);
  const head = [`Compared with experiment ${baseline.experiment.id}`];
  if (noClaim) head.push(`  No claim: the plans differ in ${otherPlan.join(', ')}.`);
  return { text: `${[...head, ...strategies.flatMap(describe)].join('\n')}\n`, code, strategies, otherPlan };
}

/** Inconclusive trials count against either claim: they held where more broke is claimed, else they are left out. */
function judge(before: RateEstimate, now: RateEstimate): StrategyComparison['judgement'] {
  if (before.judged === 0 || now.judged === 0) return null;
  const all = ({ violated, done }: RateEstimate) => ({ hits: violated, of: done });
  const judged = (one: RateEstimate) => ({ hits: one.violated, of: one.judged });
  const doubt = 1 - CONFIDENCE;
  const isMore = now.violated / now.done > before.violated / before.judged;
  if (isMore && chanceOfDifference(judged(before), all(now)) < doubt) return 'worse';
  const isLess = now.violated / now.judged < before.violated / before.done;
  if (isLess && chanceOfDifference(all(before), judged(now)) < doubt) return 'better';
  return 'within noise';
}

function describe({ strategy, before, now, judgement }: StrategyComparison): string[] {
  if (!before || !now) return ['', strategy, `  only in ${before ? 'the earlier' : 'these'} trials`];
  const judged = judgement === null ? '' : ` (${judgement})`;
  return ['', strategy, `  broke in ${sayRate(before)}, now in ${sayRate(now)}${judged}`];
}

function sayRate({ violated, done, interval }: RateEstimate): string {
  const percent = (share: number) => formatNumber(Math.round(share * 100));
  const range = `${percent(interval.low)} to ${percent(interval.high)} %`;
  return `${formatNumber(violated)} of ${countOf(done, 'trial')}, ${range} of such races`;
}
