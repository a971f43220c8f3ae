// npm run soak: tests that take longer than `npm test` may. `npm run soak -- faults` runs the files with that name,
// `npm run soak -- long` the tests with that tag, and `npm run soak -- --short` a twentieth of everything that is repeated.
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { root } from './project.mjs';
import { run, runMain, stopOnSignals } from './run.mjs';
import { setUp } from './setup.mjs';

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js');

/** The commands that run the tests tagged `long`, which `npm test` leaves out. */
const LONG = [
  [vitest, 'run', '--tags-filter=long'],
  [playwright, 'test', '--grep=@long', '--reporter=line'],
];

await runMain(async () => {
  stopOnSignals();
  const { redisServerBin } = await setUp({ build: true, redis: 'always', examples: true });
  const args = process.argv.slice(2);
  const env = {
    REDIS_SERVER_BIN: redisServerBin,
    DATABASE_URL: '',
    REDIS_URL: '',
    NODE_ENV: 'test',
    DATA_DIR: '',
    CHROMIUM_PATH: await ensureChromium(),
    ...(args.includes('--short') && { SOAK_SHARE: '0.05' }),
  };
  const asked = args.filter((arg) => arg !== '--short');
  const files = asked.filter((name) => name !== 'long');
  const isAll = asked.length === 0;
  const runs = [
    ...(isAll || files.length > 0 ? [[vitest, 'run', '--config', 'vitest.soak.config.ts', ...files]] : []),
    ...(isAll || asked.includes('long') ? LONG : []),
  ];
  let failed = 0;
  for (const command of runs) {
    const { code } = await run(process.execPath, command, { env, show: true });
    if (code !== 0) failed = code;
  }
  return failed;
});
