import { OUTCOMES } from '@/model/outcome';

/** The codes of the outcomes in a history's `outcome` column, by name. */
export const ACCEPTED = OUTCOMES.indexOf('accepted');
export const SOLD_OUT = OUTCOMES.indexOf('sold-out');
export const CONFLICT = OUTCOMES.indexOf('conflict');
export const ERROR = OUTCOMES.indexOf('error');
export const INDETERMINATE = OUTCOMES.indexOf('indeterminate');
