import { attemptIdOf } from '@/audit/evidence';
import type { Invariant } from '@/audit/invariant';
import { CONFLICT } from '@/audit/outcome-code';
import type { AuditContext } from '@/audit/audit-context';
import { at, intAt } from '@/lib/column';
import { medianOf } from '@/lib/median';
import type { Liveness } from '@/model/verdict';
import { countOf } from '@/model/wording';
import { measureCoverage } from '../audit/coverage';
import { whyStockMayRise } from './stock/restock';
import { judgeSoldOuts } from './sold-out-answers';

/**
 * How well buyers were served (audit.md 12). This is where a strategy shows that is safe but useless, because it turns
 * every buyer away. Attempts are not tied to buyers, so the worst attempt stands for starvation.
 */
export function measureLiveness(context: AuditContext): Liveness {
  const coverage = measureCoverage(context);
  const { history, matched } = context;
  let conflicts = 0;
  let retries = 0;
  let sales = 0;
  let mostRetries = -1;
  for (let i = 0; i < history.count; i += 1) {
    const tries = intAt(history.retries, i);
    retries += tries;
    if (history.outcome[i] === CONFLICT) conflicts += 1;
    if (matched.ordersOf[i] !== 0) sales += 1;
    if (tries > 0 && (mostRetries === -1 || tries > intAt(history.retries, mostRetries))) mostRetries = i;
  }
  return {
    undersold: coverage.undersold,
    turnedAway: coverage.turnedAway,
    failedInStock: coverage.failedInStock,
    demand: coverage.demand,
    falseSoldOut: judgeSoldOuts(context).refusals.length,
    conflicts,
    retriesPerSale: sales === 0 ? null : retries / sales,
    worstAttempt: findWorst(context),
    mostRetries:
      mostRetries === -1
        ? null
        : { attemptId: attemptIdOf(history, mostRetries), retries: intAt(history.retries, mostRetries) },
  };
}

/** No buyer was turned away wrongly. Never a finding: what is broken here is not safety. */
export const liveness: Invariant = (context) => {
  const notApplicable = whyStockMayRise(context);
  if (notApplicable !== undefined) return { found: [], notApplicable };
  const { undersold } = measureCoverage(context);
  if (undersold === 0) return { found: [] };
  const left = `${countOf(context.final.finalStock, 'unit was', 'units were')} left`;
  return {
    found: [],
    broken: `Undersold: ${countOf(undersold, 'attempt was', 'attempts were')} told sold out, but ${left}.`,
  };
};

function findWorst({ history }: AuditContext): Liveness['worstAttempt'] {
  const latencies = new Float64Array(history.count);
  let known = 0;
  let worst = -1;
  let latencyUs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < history.count; i += 1) {
    const latency = at(history.return, i) - at(history.call, i);
    if (Number.isNaN(latency)) continue;
    latencies[known] = latency;
    known += 1;
    if (latency > latencyUs) [worst, latencyUs] = [i, latency];
  }
  if (worst === -1) return null;
  const median = medianOf(latencies.subarray(0, known)) || latencyUs;
  // when all attempts took no time, none is worse than the others
  const timesMedian = median === 0 ? 1 : latencyUs / median;
  return {
    attemptId: attemptIdOf(history, worst),
    latencyUs,
    timesMedian,
    retries: intAt(history.retries, worst),
  };
}
