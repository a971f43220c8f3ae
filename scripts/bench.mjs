// npm run bench [-- name … [flags]]: runs bench/<name>.ts, or all of them, one after the other. Flags go to the bench.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { root } from './project.mjs';
import { SetupError, run, runMain, stopOnSignals } from './run.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  stopOnSignals();
  const known = readdirSync(join(root, 'bench'))
    .filter((file) => file.endsWith('.ts') && !/\.(test|d)\.ts$/.test(file))
    .map((file) => file.slice(0, -'.ts'.length));
  const args = process.argv.slice(2);
  const firstFlag = args.findIndex((arg) => arg.startsWith('-'));
  const given = firstFlag === -1 ? args : args.slice(0, firstFlag);
  const flags = args.slice(given.length);
  if (flags.length > 0 && given.length !== 1)
    throw new SetupError('Flags belong to one bench: name it first.');
  const names = given.length === 0 ? known : given;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SetupError(
      `There is no bench ${unknown.join(', ')}. There is: ${known.join(', ') || 'none yet'}.`,
    );
  }
  const { redisServerBin } = await setUp({ build: true, redis: 'as-configured' });
  const env = {
    NODE_ENV: 'production',
    ...(redisServerBin && { REDIS_SERVER_BIN: redisServerBin }),
    ...(names.includes('dashboard') && { CHROMIUM_PATH: await ensureChromium() }),
  };
  let exitCode = 0;
  for (const name of names) {
    console.log(`\n${name}`);
    const { code } = await run(process.execPath, ['--import', 'tsx', `bench/${name}.ts`, ...flags], {
      env,
      show: true,
    });
    if (code !== 0) exitCode = code;
  }
  return exitCode;
});
