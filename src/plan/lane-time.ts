import { PLAN_FIELDS } from './fields';
import { LAST_BYTE_SETTLE_MS, PLAN_DEFAULTS, type LoadPlan } from './load-plan';
import { timeOf } from './arrivals';

/** The part of a load with a fixed number of attempts that decides how long it takes. */
export type CountedLoad = Pick<LoadPlan, 'model'> & Partial<LoadPlan>;

/**
 * Roughly how long a lane's load with a fixed number of attempts takes, s, if responses cost no more than the think
 * time: its schedule, pauses and think times, each at its mean.
 */
export function estimateSeconds(load: CountedLoad): number {
  const { attempts = PLAN_DEFAULTS.attempts, concurrency = PLAN_DEFAULTS.concurrency } = load;
  const { thinkMs = PLAN_DEFAULTS.thinkMs, pauseMs = 0 } = load;
  const { model, rate = 0, rampS = 0, maxWaiting = PLAN_FIELDS.maxWaiting.implied } = load;
  const turns = Math.ceil(attempts / concurrency);
  switch (model) {
    case 'closed':
      return (turns * thinkMs + (turns - 1) * pauseMs) / 1_000;
    case 'burst':
      return (turns * (thinkMs + (load.sync === 'last-byte' ? LAST_BYTE_SETTLE_MS : 0))) / 1_000;
    case 'open': {
      if (rate <= 0) return 0;
      const scheduleMs = timeOf(attempts, rate / 1_000, rampS * 1_000);
      // attempts that could not be sent by the end of the schedule, as far as they may wait, are sent after it
      const sent = thinkMs > 0 ? (scheduleMs / thinkMs) * concurrency : attempts;
      const waiting = Math.min(maxWaiting, Math.max(0, attempts - sent));
      return (scheduleMs + (waiting / concurrency) * thinkMs) / 1_000;
    }
    default:
      return model satisfies never;
  }
}
