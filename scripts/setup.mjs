// Everything that must exist before anything runs. Every step first checks whether it is needed, so that repeating all
// of them costs milliseconds.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildIsCurrent, copyBuild, ensureBuild } from './bundle.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { EXAMPLE, ensurePrismaClient } from './generate.mjs';
import { cacheDir, root } from './project.mjs';
import { releaseLock, takeLock } from '../src/services/process/process-lock.mjs';
import { SetupError, onExit } from './run.mjs';
import { ensureRedis, ensureRedisServer } from './redis.mjs';

const MIN_NODE = [20, 19, 0];
const lockFile = join(cacheDir, 'setup.lock');

/**
 * @param {string} [version]
 * @throws SetupError
 */
export function checkNode(version = process.versions.node) {
  const actual = version.split('.').map(Number);
  const difference =
    MIN_NODE.map((part, index) => (actual[index] ?? 0) - part).find((part) => part !== 0) ?? 0;
  if (difference < 0) {
    throw new SetupError(
      `Oversell needs Node ${MIN_NODE.join('.')} or later; this is ${version}. See https://nodejs.org.`,
    );
  }
}

/**
 * @param {{ build?: boolean | 'to-run', redis?: 'none' | 'as-configured' | 'always', examples?: boolean }} [options] `build`: what production runs,
 *   and with `to-run` a copy of it that stays as it is; `redis`: find or fetch a server program, `as-configured` only when REDIS_URL is unset;
 *   `examples`: what the apps in `examples/` need
 * @returns {Promise<{ redisServerBin?: string, program?: string }>}
 * @throws SetupError
 */
export async function setUp({ build = false, redis = 'none', examples = false } = {}) {
  checkNode();
  return withSetupLock(async () => {
    // a build that is current needs nothing of what made it
    const runsOnly = build && buildIsCurrent();
    await ensureDependencies(runsOnly ? 'run' : 'all');
    if (!runsOnly) await ensurePrismaClient();
    if (build && !runsOnly) await ensureBuild();
    if (examples) {
      await ensureDependencies('all', join(root, 'examples'));
      await ensurePrismaClient(EXAMPLE);
    }
    const program = build === 'to-run' ? copyBuild() : undefined;
    if (redis === 'none') return { program };
    const redisServerBin = redis === 'always' ? await ensureRedisServer() : await ensureRedis();
    return { redisServerBin, program };
  });
}

/**
 * One set-up at a time in a checkout: two `npm ci` would delete each other's files.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [file]
 * @returns {Promise<T>}
 */
export async function withSetupLock(work, file = lockFile) {
  let lock = takeLock(file);
  if (!lock.taken)
    console.error(`Waiting for another set-up of this checkout (process ${lock.owner?.pid ?? '?'}) …`);
  while (!lock.taken) {
    await delay(200);
    lock = takeLock(file);
  }
  const forget = onExit(() => releaseLock(file));
  try {
    return await work();
  } finally {
    forget();
    releaseLock(file);
  }
}
