// Counts tests from what the runners say they ran.
import { readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {Counts[]} parts */
export function addCounts(parts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const part of parts) for (const key of Object.keys(total)) total[key] += part[key];
  return total;
}

/**
 * Vitest's JSON report. A file that could not even be loaded has failed without a failed test in it.
 *
 * @returns {Counts}
 */
export function countVitest(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const withStatus = (...statuses) => tests.filter((test) => statuses.includes(test.status)).length;
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: withStatus('passed'),
    failed: withStatus('failed') + brokenFiles.length,
    skipped: withStatus('skipped', 'pending', 'todo', 'disabled'),
  };
}

/**
 * Playwright's JSON report. A test that passes at a second try has failed; an error outside any test counts too.
 *
 * @returns {Counts}
 */
export function countPlaywright({ stats, errors = [] }) {
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}

/**
 * Reads a runner's report.
 *
 * @param {string} file
 * @param {(report: unknown) => Counts} count
 * @param {number} exitCode of the runner: one that fails although no test did (an unhandled error, a leaked
 *   server) counts as a failure, and so does one that left no report
 * @returns {Counts}
 */
export function readCounts(file, count, exitCode) {
  try {
    const counts = count(JSON.parse(readFileSync(file, 'utf8')));
    if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
    if (counts.passed + counts.failed + counts.skipped === 0) counts.failed = 1;
    return counts;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** @param {Counts} counts */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
