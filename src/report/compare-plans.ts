import { OPEN_DEFAULTS } from '@/plan/load-plan';
import type { LoadPlan } from '@/plan/load-plan';

/** What races are compared by before they run: their load plan, and the pool that they ran on. */
export interface ComparedPlan {
  plan: LoadPlan;
  poolSize: number;
}

/** One field of the plans beside each other. */
export interface PlanRow {
  name: string;
  /** As one writes it, in the order of the races; null where a plan has no such thing. */
  values: (string | null)[];
  /** Of each race, whether it differs from the baseline. */
  differs: boolean[];
}

type Read = (compared: ComparedPlan) => string | number | boolean | null | undefined;

const FIELDS: [name: string, read: Read][] = [
  ['strategies', ({ plan }) => plan.strategies.join(', ')],
  ['model', ({ plan }) => plan.model],
  ['stock', ({ plan }) => plan.stock],
  // a plan with a duration has a bound of attempts that nobody chose
  ['attempts', ({ plan }) => (plan.durationS === undefined ? plan.attempts : null)],
  ['duration, s', ({ plan }) => plan.durationS],
  ['units per purchase', ({ plan }) => plan.quantity],
  ['concurrency', ({ plan }) => plan.concurrency],
  ['rate, attempts/s', ({ plan }) => plan.rate],
  ['arrivals', ({ plan }) => (plan.model === 'open' ? (plan.arrivals ?? OPEN_DEFAULTS.arrivals) : null)],
  [
    'queue limit',
    ({ plan }) => (plan.model === 'open' ? (plan.maxWaiting ?? OPEN_DEFAULTS.maxWaiting) : null),
  ],
  ['ramp, s', ({ plan }) => plan.rampS],
  ['at the door', ({ plan }) => plan.crowd],
  ['pause, ms', ({ plan }) => (plan.model === 'closed' ? (plan.pauseMs ?? 0) : null)],
  ['burst released by', ({ plan }) => (plan.model === 'burst' ? (plan.sync ?? 'barrier') : null)],
  ['think time, ms', ({ plan }) => plan.thinkMs],
  ['time-out, ms', ({ plan }) => plan.timeoutMs],
  ['lanes', ({ plan }) => (plan.order === 'parallel' ? 'in parallel' : 'one after the other')],
  ['server processes', ({ plan }) => plan.processes],
  ['target', ({ plan }) => plan.target],
  ['connections in a pool', ({ poolSize }) => poolSize],
  ['control', ({ plan }) => plan.control],
  // a name, not an amount: no separators
  ['seed', ({ plan }) => String(plan.seed)],
];

/** Every field that one of the plans has, with which of them differ from the baseline's. */
export function comparePlans(plans: readonly ComparedPlan[], baseline: number): PlanRow[] {
  return FIELDS.map(([name, read]) => {
    const values = plans.map((compared) => write(read(compared)));
    return { name, values, differs: values.map((value) => value !== values[baseline]) };
  }).filter(({ values }) => values.some((value) => value !== null));
}

/** Whether any plan differs from the baseline in this. */
export function isDifferent({ differs }: PlanRow): boolean {
  return differs.includes(true);
}

function write(value: ReturnType<Read>): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? value.toLocaleString('en-US') : value;
}
