import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { describeProcess } from '@/services/process/process-lock.mjs';
import { stopIdentified } from './service-process';

test('a system clock that is set back does not prolong the wait for a process that ignores its signal', async () => {
  const deaf = `process.on('SIGTERM', () => process.stdout.write('heard\\n')); process.stdout.write('ready\\n'); setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ['-e', deaf], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');

  const stopped = stopIdentified(describeProcess(child.pid ?? 0), [{ signal: 'SIGTERM', waitMs: 100 }]);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 24 * 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());

  expect(await stopped).toBe(true);
  expect(await ended).toEqual([null, 'SIGKILL']);
});
