// npm run screenshot: takes the pictures of the README from a real race.
import { ensureChromium } from './chromium.mjs';
import { run, runMain, stopOnSignals } from './run.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  stopOnSignals();
  const { redisServerBin } = await setUp({ build: true, redis: 'as-configured' });
  const env = {
    CHROMIUM_PATH: await ensureChromium(),
    ...(redisServerBin && { REDIS_SERVER_BIN: redisServerBin }),
  };
  const { code } = await run(process.execPath, ['--import', 'tsx', 'tests/screenshot.ts'], {
    env,
    show: true,
  });
  return code;
});
