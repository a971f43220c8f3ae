import type { Issue } from './lab-error';
import { LIMITS, PLAN_DEFAULTS } from './load-plan';
import type { LoadModel, LoadPlan } from './load-plan';
import { expectedArrivals, timeOf } from './load/arrivals';

/** What a race request says about its load: what was left out is undefined. */
export type LoadRequest = Pick<LoadPlan, 'model' | 'durationS' | 'rate' | 'rampS'> & Partial<LoadPlan>;

type Option = 'rate' | 'arrivals' | 'maxWaiting' | 'rampS' | 'pauseMs' | 'sync';

/** The models that each option means something to. */
const MODELS_OF: Record<Option, LoadModel[]> = {
  rate: ['open'],
  arrivals: ['open'],
  maxWaiting: ['open'],
  rampS: ['closed', 'open'],
  pauseMs: ['closed'],
  sync: ['burst'],
};

/** Whether a field of a plan says nothing under this model and target, and is not to be sent with it. */
export function isMeaningless(field: string, { model, target }: Pick<LoadPlan, 'model' | 'target'>): boolean {
  if (field === 'processes') return target === 'direct';
  return isOption(field) && !MODELS_OF[field].includes(model);
}

function isOption(field: string): field is Option {
  return Object.hasOwn(MODELS_OF, field);
}

/**
 * Options that contradict each other, or together ask for more than one lane may take; each with what to change.
 * Fields that are out of range by themselves are found before this.
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
  const { model } = request;
  return (Object.keys(MODELS_OF) as Option[])
    .filter((option) => request[option] !== undefined && !MODELS_OF[option].includes(model))
    .map((option) => {
      const models = MODELS_OF[option].join(' or ');
      return {
        path: option,
        message: `is for the ${models} model only: leave it out, or set model to ${models}`,
      };
    });
}

function findEndless({ model, rate, attempts, durationS, rampS }: LoadRequest): Issue[] {
  const issues: Issue[] = [];
  if (model === 'open' && rate === undefined)
    issues.push({ path: 'rate', message: 'is required by the open model: attempts per second' });
  // a plan with a duration holds the largest number there is, and can be raced again as it is
  if (durationS !== undefined && attempts !== undefined && attempts !== LIMITS.attempts.max)
    issues.push({ path: 'durationS', message: 'leaves no room for attempts: give one of the two' });
  if (durationS !== undefined && rampS !== undefined && rampS > durationS)
    issues.push({ path: 'rampS', message: `must not be longer than durationS, which is ${durationS} s` });
  return issues;
}

function findOverlong({ model, rate, attempts, durationS, rampS = 0 }: LoadRequest): Issue[] {
  if (model !== 'open' || rate === undefined) return [];
  const perMs = rate / 1_000;
  const rampMs = rampS * 1_000;
  if (durationS === undefined) {
    const seconds = timeOf(attempts ?? PLAN_DEFAULTS.attempts, perMs, rampMs) / 1_000;
    if (seconds <= LIMITS.durationS.max) return [];
    const most = LIMITS.durationS.max.toLocaleString('en');
    return [
      {
        path: 'rate',
        message: `would take ${count(seconds)} s for so many attempts, and ${most} s are the most`,
      },
    ];
  }
  const expected = expectedArrivals(durationS * 1_000, perMs, rampMs);
  // independent arrivals vary by the root of their number; five times that never happens
  if (expected + 5 * Math.sqrt(expected) <= LIMITS.attempts.max) return [];
  const most = LIMITS.attempts.max.toLocaleString('en');
  return [
    {
      path: 'rate',
      message: `makes about ${count(expected)} attempts in that time, and ${most} are the most`,
    },
  ];
}

function findMisdirected(request: LoadRequest): Issue[] {
  const { target, processes = 1, sync, concurrency = Infinity, attempts = Infinity } = request;
  const issues: Issue[] = [];
  if (target === 'direct' && sync === 'last-byte')
    issues.push({
      path: 'sync',
      message:
        'last-byte holds back the end of a request, and target direct sends none: leave one of them out',
    });
  if (target === 'direct' && processes > 1)
    issues.push({
      path: 'processes',
      message: 'above 1 are reached over HTTP only: leave it out, or set target to http',
    });
  const buyers = Math.min(concurrency, attempts);
  if (target !== 'direct' && processes > buyers)
    issues.push({
      path: 'processes',
      message: `must not be more than there are buyers at once, which is ${count(buyers)}: each buyer keeps to one`,
    });
  return issues;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
