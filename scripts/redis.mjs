// Finds a Redis server program for scripts, or fetches one.
import { RedisFetchError, fetchRedisServer } from '../src/services/redis/fetch-redis-server.mjs';
import { findRedisServer } from '../src/services/redis/find-redis-server.mjs';
import { cacheDir, readSetting } from './project.mjs';
import { SetupError, run, showProgress } from './run.mjs';

/**
 * Finds or installs a Redis server program; does nothing when REDIS_URL names a server.
 *
 * @returns {Promise<string | undefined>} its path, or undefined when none is needed
 * @throws SetupError saying what to do where none can be installed
 */
export async function ensureRedis() {
  if (readSetting('REDIS_URL') !== undefined) return undefined;
  return ensureRedisServer();
}

/** Like `ensureRedis`, for tests, which always run a server of their own. */
export async function ensureRedisServer() {
  const explicit = readSetting('REDIS_SERVER_BIN');
  const found = findRedisServer({ folder: cacheDir, explicit });
  if (found !== undefined) return found;
  if (explicit !== undefined) throw new SetupError(`REDIS_SERVER_BIN is ${explicit}, which cannot be run.`);
  try {
    return await showProgress('Fetching Redis from the Debian packages into .oversell/redis', () =>
      fetchRedisServer(cacheDir, run),
    );
  } catch (error) {
    throw error instanceof RedisFetchError ? new SetupError(error.message) : error;
  }
}
