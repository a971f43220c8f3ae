// npm run bench [-- name …]: runs bench/<name>.ts, or all of them, one after the other.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.mjs';
import { SetupError } from './progress.mjs';
import { run, runMain, stopOnSignals } from './run.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  stopOnSignals();
  const known = readdirSync(join(root, 'bench'))
    .filter((file) => file.endsWith('.ts') && !/\.(test|d)\.ts$/.test(file))
    .map((file) => file.slice(0, -'.ts'.length));
  const names = process.argv[2] === undefined ? known : process.argv.slice(2);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SetupError(
      `There is no bench ${unknown.join(', ')}. There is: ${known.join(', ') || 'none yet'}.`,
    );
  }
  const { redisServerBin } = await setUp({ build: true, redis: 'as-configured' });
  const env = { NODE_ENV: 'production', ...(redisServerBin && { REDIS_SERVER_BIN: redisServerBin }) };
  let failures = 0;
  for (const name of names) {
    console.log(`\n${name}`);
    const { code } = await run(process.execPath, ['--import', 'tsx', `bench/${name}.ts`], {
      env,
      show: true,
    });
    if (code !== 0) failures += 1;
  }
  return failures === 0 ? 0 : 1;
});
