// npm test: set-up and every gate, each also after one before it has failed. The last line counts what ran.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from './bundle.mjs';
import { ensureChromium } from './chromium.mjs';
import {
  addCounts,
  countGate,
  countPlaywright,
  countVitest,
  formatCounts,
  readCounts,
  runGate,
} from './gates.mjs';
import { cacheDir, root } from './project.mjs';
import { onExit, run, runMain, stopOnSignals } from './run.mjs';
import { setUp, withSetupLock } from './setup.mjs';

/** One per run: two `npm test` may run side by side. */
const reports = join(cacheDir, `test-reports-${process.pid}`);

/** Pictures of browser tests; kept where one has failed. */
const results = join('test-results', String(process.pid));

function gate(title, work) {
  console.log(`\n— ${title}`);
  return countGate(work);
}

async function runVitest(env) {
  const file = join(reports, 'vitest.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = ['run', '--tags-filter=!long', '--reporter=default', '--reporter=json'];
  args.push(`--outputFile.json=${file}`);
  const { code } = await run(process.execPath, [vitest, ...args], { env, show: true });
  return readCounts(file, countVitest, code);
}

async function runPlaywright(env) {
  const file = join(reports, 'playwright.json');
  const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  const { code } = await run(
    process.execPath,
    [playwright, 'test', '--grep-invert=@long', '--reporter=line,json'],
    {
      env: { ...env, CHROMIUM_PATH: await ensureChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: file },
      show: true,
    },
  );
  return readCounts(file, countPlaywright, code);
}

await runMain(async () => {
  stopOnSignals();
  const { redisServerBin } = await setUp({ redis: 'always' });
  // The developer's own servers are not for tests; each runner starts its own (tests/test-services.ts).
  const env = {
    REDIS_SERVER_BIN: redisServerBin,
    DATABASE_URL: '',
    REDIS_URL: '',
    NODE_ENV: 'test',
    DATA_DIR: '',
    POOL_SIZE: '',
    TEST_RESULTS_DIR: results,
  };
  mkdirSync(reports, { recursive: true });
  onExit(() => rmSync(reports, { recursive: true, force: true }));
  // neither measures anything, so they share the machine
  const checks = await Promise.all([
    gate('Types', () => runGate('typecheck')),
    gate('Production build', () => withSetupLock(ensureBuild)),
  ]);
  const counts = addCounts([
    ...checks,
    await gate('Unit, contract and integration tests', () => runVitest(env)),
    await gate('Browser tests', () => runPlaywright(env)),
  ]);
  if (counts.failed === 0) rmSync(join(root, results), { recursive: true, force: true });
  console.log(`\n${formatCounts(counts)}`);
  return counts.failed === 0 ? 0 : 1;
});
