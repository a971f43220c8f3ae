import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isServerFile } from './dev.mjs';
import { SetupError } from './run.mjs';
import { takeLock } from '../src/services/process/process-lock.mjs';
import { checkNode, withSetupLock } from './setup.mjs';

describe('checkNode', () => {
  test.each(['20.19.0', '20.20.1', '22.0.0', '24.1.0-nightly'])('accepts %s', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  test.each(['18.20.0', '20.18.9', '20.9.0'])('refuses %s in one line', (version) => {
    expect(() => checkNode(version)).toThrow(SetupError);
    expect(() => checkNode(version)).toThrow(
      new RegExp(`^Oversell needs Node 20.19.0 or later; this is ${version}.*$`),
    );
  });
});

describe('withSetupLock', () => {
  let dir;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'oversell-setup-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('lets one work at a time and says that it waits', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const file = join(dir, 'lock');
    const order = [];
    let finishFirst;
    const first = withSetupLock(
      () =>
        new Promise((resolve) => {
          order.push('first begins');
          finishFirst = resolve;
        }),
      file,
    ).then(() => order.push('first ends'));
    const second = withSetupLock(async () => order.push('second begins'), file);
    await vi.waitFor(() =>
      expect(said).toHaveBeenCalledWith(expect.stringContaining(`process ${process.pid}`)),
    );
    expect(order).toEqual(['first begins']);
    finishFirst();
    await Promise.all([first, second]);
    expect(order).toEqual(['first begins', 'first ends', 'second begins']);
  });

  test('is free again after a failure', async () => {
    const file = join(dir, 'lock');
    await expect(withSetupLock(() => Promise.reject(new Error('no network')), file)).rejects.toThrow(
      'no network',
    );
    expect(takeLock(file).taken).toBe(true);
  });
});

test('development restarts for what the server runs, not for pages or tests', () => {
  const server = ['server.ts', 'src/services/env.ts', 'src/jobs/race/race.ts', 'src/server/live/live.ts'];
  const alsoServer = ['src/scenarios/inventory/strategies/new.ts', 'src/load/load-worker.ts'];
  const pages = [
    'app/root.tsx',
    'app/routes/api.ts',
    'app/live/use-race.ts',
    'app/ui/format.ts',
    'README.md',
  ];
  const tests = ['src/scenarios/inventory/audit/audit.test.ts'];
  expect([...server, ...alsoServer].filter((path) => !isServerFile(path))).toEqual([]);
  expect([...pages, ...tests].filter(isServerFile)).toEqual([]);
});
