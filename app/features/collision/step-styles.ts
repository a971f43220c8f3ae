import type { StepCategory } from './collision-model';

/** The fill of a step, by what it does. */
export const STEP_STYLES: Record<StepCategory, string> = {
  read: 'hollow: reads the stock',
  write: 'solid: writes the stock',
  lock: 'striped: a lock',
  think: 'pale: own work or back-off',
  other: 'grey: anything else',
};
