// npm test: set-up, the build, and every test, also after the build has failed. The last line counts what ran.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from './bundle.mjs';
import { ensureChromium } from './chromium.mjs';
import { addCounts, countGate, countPlaywright, countVitest, formatCounts, readCounts } from './gates.mjs';
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
  const chromium = await ensureChromium();
  const { code, output } = await run(
    process.execPath,
    [playwright, 'test', '--grep-invert=@long', '--reporter=line,json'],
    { env: { ...env, CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: file } },
  );
  return { output, counts: readCounts(file, countPlaywright, code) };
}

/** Prints what a runner wrote that ran beside another. */
async function printed(running) {
  const { output, counts } = await running;
  process.stdout.write(output);
  return counts;
}

await runMain(async () => {
  stopOnSignals();
  const { redisServerBin } = await setUp({ redis: 'always', examples: true });
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
  const built = await gate('Production build', () => withSetupLock(ensureBuild));
  // neither measures anything, so they share the machine
  const browser = runPlaywright(env);
  browser.catch(() => undefined); // its gate tells
  const vitest = await gate('Unit, contract and integration tests', () => runVitest(env));
  const counts = addCounts([built, vitest, await gate('Browser tests', () => printed(browser))]);
  if (counts.failed === 0) rmSync(join(root, results), { recursive: true, force: true });
  console.log(`\n${formatCounts(counts)}`);
  return counts.failed === 0 ? 0 : 1;
});
