import { isLaneOver } from '@/model/lane-status';
import type { LaneView } from '@/model/race';
import { countOf, formatNumber } from '@/model/wording';
import type { RaceReport } from '@/report/race-report';

/** What a report does not hold, and where its verdicts do not follow from its own figures; a sentence each. */
export function findReportDoubts({ race: { lanes }, collision }: Pick<RaceReport, 'race' | 'collision'>): {
  lacks: string[];
  contradictions: string[];
} {
  const hasEvidence = lanes.some(({ verdict }) => verdict.findings.length > 0);
  return {
    lacks: [
      'A report holds no requests, so its verdicts are shown as they were written. The history of the race can be judged again.',
      ...(hasEvidence && !collision ? ['It does not hold the attempts behind its evidence.'] : []),
      ...(lanes.every(({ status }) => isLaneOver(status)) ? [] : ['It was written while the race ran.']),
    ],
    contradictions: lanes.filter(({ status }) => status === 'finished').flatMap(contradict),
  };
}

function contradict({ strategyName, verdict, orders, stock, oversold }: LaneView): string[] {
  const { status, findings } = verdict;
  const beyond = Math.max(0, orders.quantity - stock.initial);
  const says = `The lane of ${strategyName} is called ${status}`;
  if (beyond > 0 && status === 'ok')
    return [`${says}, but by its own figures it sold ${countOf(beyond, 'unit')} beyond the stock.`];
  if (status === 'ok' && findings.length > 0) return [`${says}, but lists findings.`];
  if (status === 'violated' && findings.length === 0) return [`${says}, but lists no finding.`];
  return beyond === oversold || stock.final === null
    ? []
    : [
        `The lane of ${strategyName} says that it oversold ${countOf(oversold, 'unit')}; by its own figures it oversold ${formatNumber(beyond)}.`,
      ];
}
