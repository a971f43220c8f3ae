import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { projectRoot } from '@/services/env';
import { findFreePort } from '@/services/process/free-port';
import { serverProgram } from '../../scripts/bundle.mjs';
import { createTestDatabase } from '../fixtures/database/database';
import { callApi, serverEnv } from '../fixtures/server/server-test';

/** Refuses every byte, as a full disk does; Linux has it. */
const FULL = '/dev/full';

test.runIf(process.platform === 'linux')(
  'a log that cannot be written costs its lines, and not the server',
  async () => {
    const database = await createTestDatabase();
    const port = await findFreePort();
    const out = openSync(FULL, 'w');
    const child = spawn(process.execPath, [serverProgram], {
      cwd: projectRoot,
      env: {
        ...process.env,
        ...serverEnv(database.url),
        ...{ LOG_LEVEL: 'info', HOST: '127.0.0.1', PORT: String(port), NODE_ENV: 'production' },
      },
      stdio: ['ignore', out, 'ignore'],
    });
    closeSync(out);
    const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
      child.once('exit', (code, signal) => resolve(code ?? signal)),
    );
    const url = `http://127.0.0.1:${port}`;
    const health = () =>
      fetch(`${url}/api/health`).then(
        ({ status }) => status,
        () => 0,
      );
    while ((await health()) !== 200 && child.exitCode === null) await delay(50);

    // each refusal is a line of the log
    for (let n = 0; n < 20; n += 1)
      expect((await fetch(`${url}/api/races`, { method: 'POST', body: 'no' })).status).toBeGreaterThanOrEqual(
        400,
      );
    const api = callApi({ url, process: child, output: () => '', stop: () => Promise.resolve(0) });
    const race = await api.race({
      strategies: ['conditional-update'],
      stock: 2,
      attempts: 4,
      concurrency: 2,
    });
    expect(race.status).toBe('finished');
    expect(await health()).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await database.drop();
  },
);
