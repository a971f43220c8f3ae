import type { LaneSummary } from '@/model/race';
import { countOf, formatNumber } from '@/model/wording';
import { ASSERTION_RESULTS, type Assertion, type RaceReport } from './race-report';
import { describeLane } from './verdict-words';

/** The outcome of a report in one line, without a full stop: `Race finished: 9 demands, 2 broken, 7 met`. */
export function describeOutcome({ race, assertions }: RaceReport): string {
  const all = assertions.length;
  const counts = ASSERTION_RESULTS.flatMap((result) => {
    const count = assertions.filter((assertion) => assertion.result === result).length;
    if (count === 0) return [];
    return count < all ? `${formatNumber(count)} ${result}` : all === 1 ? result : `all ${result}`;
  });
  const demands = all === 0 ? '' : `: ${[countOf(all, 'demand'), ...counts].join(', ')}`;
  return `Race ${race.status}${demands}`;
}

/** `expectation safe`, `threshold p99<200` */
export function nameDemand({ kind, text }: Pick<Assertion, 'kind' | 'text'>): string {
  return `${kind} ${text}`;
}

/** `OVERSOLD +91` */
export function nameVerdict(lane: LaneSummary): string {
  const { word, figure } = describeLane(lane);
  return `${word} ${figure}`.trim();
}

/** The strategy's name; of a control it says that it is one. */
export function nameLane({ strategyName, role }: Pick<LaneSummary, 'strategyName' | 'role'>): string {
  return role === 'control' ? `${strategyName} (control)` : strategyName;
}
