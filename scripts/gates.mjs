// The checks that stand between a change and the main branch: what `npm run lint` and `npm run typecheck` run, and what
// the runners of `npm test` say they counted.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, run } from './run.mjs';
import { cacheDir, root } from './project.mjs';

const bin = (...path) => join(root, 'node_modules', ...path);
/** What TypeScript knows from its last run: where little has changed, the next takes a third of the time. */
const checked = join(cacheDir, 'checked.tsbuildinfo');
const CRUISED = ['src', 'app', 'server.ts', 'purchase-server.ts', 'scripts', 'tests', 'bench', 'prisma'];

/** @returns {Record<'lint' | 'typecheck', { title: string, args: string[] }[]>} arguments of Node */
export function gateCommands() {
  const cruised = CRUISED.filter((path) => existsSync(join(root, path)));
  const cruiser = bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  return {
    lint: [
      { title: 'ESLint', args: [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'] },
      {
        title: 'Prettier',
        args: [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
      },
      { title: 'Import rules', args: [cruiser, ...cruised, '--config', '.dependency-cruiser.cjs'] },
    ],
    typecheck: [
      {
        title: 'TypeScript',
        args: [bin('typescript', 'bin', 'tsc'), '--noEmit', '--incremental', '--tsBuildInfoFile', checked],
      },
    ],
  };
}

/**
 * Runs every command of a gate, also after one has failed.
 *
 * @param {'lint' | 'typecheck'} name
 * @returns {Promise<boolean>} whether all succeeded
 */
export async function runGate(name) {
  let passed = true;
  for (const { title, args } of gateCommands()[name]) {
    console.log(`\n${title}`);
    const { code } = await run(process.execPath, args, { show: true });
    if (code !== 0) passed = false;
  }
  return passed;
}

const none = { passed: 0, failed: 0, skipped: 0 };

/**
 * Runs one gate of `npm test` and says what it counts for. A gate that only says yes or no (the build) adds
 * one failure when it says no or breaks; a test runner returns its own counts.
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

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {Counts[]} parts */
export function addCounts(parts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const part of parts) for (const key of Object.keys(total)) total[key] += part[key];
  return total;
}

/**
 * Vitest's JSON report. A file that could not even be loaded has failed without a failed test in it; what is left to
 * `npm run soak -- long` has not been skipped.
 *
 * @returns {Counts}
 */
export function countVitest(report) {
  const tests = report.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status, tags = [] }) => status !== 'skipped' || !tags.includes('long'));
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
