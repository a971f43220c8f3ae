import type { Issue } from '@/lib/lab-error';
import { estimateSeconds } from './lane-time';
import { PLAN_FIELDS, PLAN_ROWS } from './fields';
import { PLAN_DEFAULTS, type LoadPlan } from './load-plan';
import { expectedArrivals, timeOf } from './arrivals';

/** The part of a race request about its load; missing values are undefined. */
export type LoadRequest = Pick<LoadPlan, 'model' | 'durationS' | 'rate' | 'rampS'> & Partial<LoadPlan>;

/** Whether a field of a plan has no meaning under this model and target, so that it must not be sent with it. */
export function isMeaningless(name: string, { model, target }: Pick<LoadPlan, 'model' | 'target'>): boolean {
  const [, field] = PLAN_ROWS.find(([one]) => one === name) ?? [];
  return field?.models?.includes(model) === false || field?.targets?.includes(target) === false;
}

/**
 * Options that contradict each other, or together ask for more than one lane may take; each with what to change. Fields
 * that are out of range by themselves are found earlier.
 */
export function findContradictions(request: LoadRequest): Issue[] {
  return [
    ...misplaced(request),
    ...findEndless(request),
    ...findOverlong(request),
    ...findMisdirected(request),
  ];
}

function misplaced(request: LoadRequest): Issue[] {
  return PLAN_ROWS.flatMap(([path, { models }]) => {
    if (request[path] === undefined || !models || models.includes(request.model)) return [];
    const others = models.join(' or ');
    return [{ path, message: `is for the ${others} model only: leave it out, or choose that model` }];
  });
}

function findEndless({ model, rate, attempts, durationS, rampS }: LoadRequest): Issue[] {
  const issues: Issue[] = [];
  if (model === 'open' && rate === undefined)
    issues.push({ path: 'rate', message: 'is required by the open model: attempts per second' });
  // a plan with a duration holds the largest number possible, and can be raced again as it is
  if (durationS !== undefined && attempts !== undefined && attempts !== PLAN_FIELDS.attempts.max)
    issues.push({
      path: 'durationS',
      message: 'leaves no room for a number of attempts: give one of the two',
    });
  if (durationS !== undefined && rampS !== undefined && rampS > durationS)
    issues.push({
      path: 'rampS',
      message: `must not be longer than the duration, which is ${durationS.toLocaleString('en')} s`,
    });
  return issues;
}

function findOverlong(request: LoadRequest): Issue[] {
  const { model, rate, durationS, rampS = 0 } = request;
  if (durationS === undefined) return findTooSlow(request);
  if (model !== 'open' || rate === undefined) return [];
  const expected = expectedArrivals(durationS * 1_000, rate / 1_000, rampS * 1_000);
  // independent arrivals vary by the root of their number; five times that never happens
  if (expected + 5 * Math.sqrt(expected) <= PLAN_FIELDS.attempts.max) return [];
  const most = PLAN_FIELDS.attempts.max.toLocaleString('en');
  return [
    {
      path: 'rate',
      message: `makes about ${count(expected)} attempts in that time, and ${most} are the most`,
    },
  ];
}

/** Checks that a load with a fixed number of attempts ends within the longest time that may be asked for. */
function findTooSlow(request: LoadRequest): Issue[] {
  const { model, rate, attempts = PLAN_DEFAULTS.attempts, rampS = 0 } = request;
  const most = `and ${count(PLAN_FIELDS.durationS.max)} s are the most`;
  if (model === 'open') {
    // a rate out of range is reported by itself
    if (rate === undefined || rate < PLAN_FIELDS.rate.min) return [];
    const seconds = timeOf(attempts, rate / 1_000, rampS * 1_000) / 1_000;
    if (seconds > PLAN_FIELDS.durationS.max)
      return [{ path: 'rate', message: `would take ${count(seconds)} s for so many attempts, ${most}` }];
  }
  const seconds = estimateSeconds(request);
  if (!Number.isFinite(seconds) || seconds <= PLAN_FIELDS.durationS.max) return [];
  return [{ path: 'attempts', message: `would take ${count(seconds)} s with ${slowedBy(request)}, ${most}` }];
}

/**
 * The plan's fields that make a load slow, in words: `concurrency 1, a pause of 60,000 ms and a think time of 10 ms`.
 */
function slowedBy({ concurrency, pauseMs = 0, thinkMs, sync }: LoadRequest): string {
  const causes = [
    `concurrency ${count(concurrency ?? PLAN_DEFAULTS.concurrency)}`,
    ...(pauseMs > 0 ? [`a pause of ${count(pauseMs)} ms`] : []),
    `a think time of ${count(thinkMs ?? PLAN_DEFAULTS.thinkMs)} ms`,
    ...(sync === 'last-byte' ? ['last bytes sent together'] : []),
  ];
  return `${causes.slice(0, -1).join(', ')} and ${causes.at(-1)}`;
}

function findMisdirected(request: LoadRequest): Issue[] {
  const { target, processes = 1, sync, concurrency = Infinity, attempts = Infinity } = request;
  const issues: Issue[] = [];
  if (target === 'direct' && sync === 'last-byte')
    issues.push({
      path: 'sync',
      message:
        'holds back the last bytes of a request, and a direct target sends none: leave one of them out',
    });
  if (target === 'direct' && processes > 1)
    issues.push({
      path: 'processes',
      message: 'above 1 are reached over HTTP only: leave it out, or choose HTTP as the target',
    });
  const buyers = Math.min(concurrency, attempts);
  // zero buyers are out of range, which is reported by itself
  if (target !== 'direct' && buyers >= PLAN_FIELDS.concurrency.min && processes > buyers)
    issues.push({
      path: 'processes',
      message: `must not be more than there are buyers at once, which is ${count(buyers)}: each buyer keeps to one`,
    });
  return issues;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
