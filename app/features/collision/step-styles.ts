import type { StepCategory } from './collision-model';

/** What a step does, by the filling that it is drawn with. */
export const STEP_STYLES: Record<StepCategory, string> = {
  read: 'hollow: reads the stock',
  write: 'solid: writes the stock',
  lock: 'striped: a lock',
  think: 'pale: own work or back-off',
  other: 'grey: anything else',
};
