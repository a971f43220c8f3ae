// npm run soak: tests that take longer than `npm test` may. `npm run soak -- faults` runs the files with that name.
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { root } from './project.mjs';
import { run, runMain, stopOnSignals } from './run.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  stopOnSignals();
  const { redisServerBin } = await setUp({ build: true, redis: 'always' });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const env = {
    REDIS_SERVER_BIN: redisServerBin,
    DATABASE_URL: '',
    REDIS_URL: '',
    NODE_ENV: 'test',
    DATA_DIR: '',
    CHROMIUM_PATH: await ensureChromium(),
  };
  const args = [vitest, 'run', '--config', 'vitest.soak.config.ts', ...process.argv.slice(2)];
  const { code } = await run(process.execPath, args, {
    env,
    show: true,
  });
  return code;
});
