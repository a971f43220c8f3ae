import type { CheckResult } from '@/model/app-check';

/** The forms in which the result of a check is written to a file. */
export const CHECK_FORMATS: readonly { id: string; write: (result: CheckResult) => string }[] = [
  { id: 'json', write: (result) => `${JSON.stringify(result, null, 2)}\n` },
];
