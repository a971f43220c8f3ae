import type { RaceOrigin } from '@/model/race';
import { countOf, formatNumber } from '@/model/wording';
import { PLAN_FIELDS } from '@/plan/fields';
import type { LoadPlan } from '@/plan/load-plan';

/** What follows `Started at …`: where the request for a race or an experiment came from. */
export const ORIGIN_WORDS: Record<RaceOrigin, string> = {
  dashboard: '',
  api: ' through the API',
  'api-test': ' through the API test',
  'command-line': ' from the command line',
};

/** The load plan in a few words each. `poolSize`: 0 where it is not known. */
export function describePlan(plan: LoadPlan, poolSize = 0): string[] {
  return [
    countOf(plan.stock, 'unit'),
    plan.durationS === undefined
      ? `${countOf(plan.attempts, 'attempt')} a lane`
      : `${plan.durationS.toLocaleString('en')} s a lane`,
    describeLoad(plan),
    ...describeDoor(plan),
    ...describeTarget(plan),
    ...(plan.rampS === undefined ? [] : [`ramp of ${plan.rampS.toLocaleString('en')} s`]),
    ...(plan.pauseMs ? [`${formatNumber(plan.pauseMs)} ms pause`] : []),
    ...(plan.quantity > 1 ? [`${formatNumber(plan.quantity)} units each`] : []),
    `${formatNumber(plan.thinkMs)} ms think time`,
    `lanes ${plan.order === 'parallel' ? 'in parallel' : 'one after the other'}`,
    ...(poolSize === 0 ? [] : [`pool of ${countOf(poolSize, 'connection')}`]),
    ...(plan.control ? ['with a control'] : []),
    `seed ${plan.seed}`,
  ];
}

/** The servers of the purchases, unless it is the usual one over HTTP. */
function describeTarget({ target, processes }: LoadPlan): string[] {
  if (target === 'direct') return ['purchases in the server process, without HTTP'];
  return processes > 1 ? [countOf(processes, 'server process', 'server processes')] : [];
}

/** The buyers that are let in together when the sale opens; races of versions without a door have none. */
function describeDoor({ crowd = 0, concurrency }: LoadPlan): string[] {
  if (crowd < 2) return [];
  const who = crowd === concurrency ? `all ${formatNumber(crowd)}` : formatNumber(crowd);
  return [`the sale opens with ${who} of them at the door`];
}

function describeLoad({ model, concurrency, rate = 0, arrivals, sync }: LoadPlan): string {
  switch (model) {
    case 'burst':
      return `bursts of ${formatNumber(concurrency)}${sync === 'last-byte' ? ', last bytes together' : ''}`;
    case 'closed':
      return `${countOf(concurrency, 'buyer')} at once`;
    case 'open': {
      const process = (arrivals ?? PLAN_FIELDS.arrivals.implied) === 'poisson' ? 'Poisson' : 'constant';
      return `${countOf(rate, 'attempt')} a second (${process}), ${formatNumber(concurrency)} in flight at most`;
    }
    default:
      return model satisfies never;
  }
}
