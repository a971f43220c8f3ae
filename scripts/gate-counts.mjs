import { SetupError } from './progress.mjs';

const none = { passed: 0, failed: 0, skipped: 0 };

/**
 * Runs one gate of `npm test` and says what it counts for. A gate that only says yes or no (types, build) adds
 * one failure when it says no or breaks; a test runner answers its own counts.
 *
 * @param {() => Promise<unknown>} work resolves with counts, with `false` for no, or with anything else for yes
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export async function countGate(work) {
  try {
    const result = await work();
    if (result === false) return { ...none, failed: 1 };
    return isCounts(result) ? result : none;
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    return { ...none, failed: 1 };
  }
}

function isCounts(result) {
  return typeof result === 'object' && result !== null && 'passed' in result;
}
