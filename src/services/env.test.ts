import { describe, expect, test } from 'vitest';
import { EnvError, projectRoot, readEnv } from './env';

describe('readEnv', () => {
  test('needs nothing', () => {
    expect(readEnv({})).toEqual({
      nodeEnv: 'development',
      host: '127.0.0.1',
      allowedHosts: [],
      port: undefined,
      databaseUrl: undefined,
      redisUrl: undefined,
      poolSize: 20,
      logLevel: 'info',
      dataDir: `${projectRoot}/.oversell/data`,
      redisServerBin: undefined,
    });
  });

  test('takes what is given', () => {
    const env = readEnv({
      NODE_ENV: 'production',
      HOST: '0.0.0.0',
      ALLOWED_HOSTS: 'oversell.test, lab.example,[fd00::7]',
      PORT: '0',
      DATABASE_URL: 'postgresql://me:secret@db.example:5433/shop',
      REDIS_URL: 'rediss://cache.example',
      POOL_SIZE: '500',
      LOG_LEVEL: 'debug',
      DATA_DIR: '/data',
      REDIS_SERVER_BIN: '/opt/redis-server',
    });
    expect(env).toMatchObject({
      nodeEnv: 'production',
      host: '0.0.0.0',
      allowedHosts: ['oversell.test', 'lab.example', '[fd00::7]'],
      port: 0,
      poolSize: 500,
      dataDir: '/data',
    });
    expect(env.databaseUrl).toBe('postgresql://me:secret@db.example:5433/shop');
    expect(Object.isFrozen(env)).toBe(true);
  });

  test('counts an empty string as unset', () => {
    expect(readEnv({ PORT: '', DATABASE_URL: ' ', POOL_SIZE: '' })).toEqual(readEnv({}));
  });

  test('names every wrong variable, what it is and what is accepted', () => {
    const read = (): unknown => readEnv({ PORT: '65536', POOL_SIZE: '0', LOG_LEVEL: 'loud' });
    expect(read).toThrow(EnvError);
    expect(read).toThrow(
      [
        'PORT is "65536": expected a whole number from 0 to 65535.',
        'POOL_SIZE is "0": expected a whole number from 1 to 500.',
        'LOG_LEVEL is "loud": expected fatal, error, warn, info, debug, trace, silent.',
      ].join('\n'),
    );
  });

  test.each([
    ['PORT', '3e3'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['POOL_SIZE', '501'],
    ['POOL_SIZE', 'many'],
    ['NODE_ENV', 'prod'],
    ['HOST', 'http://localhost'],
    ['DATABASE_URL', 'localhost:5432'],
    ['REDIS_URL', 'http://127.0.0.1:6379'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => readEnv({ [name]: value })).toThrow(new RegExp(`^${name} is "${value}": expected `));
  });

  test('prints no password', () => {
    const read = (): unknown => readEnv({ DATABASE_URL: 'mysql://me:s3cret@host/db' });
    expect(read).toThrow('DATABASE_URL is "mysql://…@host/db"');
    expect(read).not.toThrow('s3cret');
  });
});
