// npm run soak: tests that take longer than `npm test` may. `npm run soak -- faults` runs the files with that name, and
// `npm run soak -- --short` a twentieth of everything that is repeated.
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { root } from './project.mjs';
import { run, runMain, stopOnSignals } from './run.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  stopOnSignals();
  const { redisServerBin } = await setUp({ build: true, redis: 'always' });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const isShort = process.argv.includes('--short');
  const env = {
    REDIS_SERVER_BIN: redisServerBin,
    DATABASE_URL: '',
    REDIS_URL: '',
    NODE_ENV: 'test',
    DATA_DIR: '',
    CHROMIUM_PATH: await ensureChromium(),
    ...(isShort && { SOAK_SHARE: '0.05' }),
  };
  const names = process.argv.slice(2).filter((arg) => arg !== '--short');
  const args = [vitest, 'run', '--config', 'vitest.soak.config.ts', ...names];
  const { code } = await run(process.execPath, args, {
    env,
    show: true,
  });
  return code;
});
