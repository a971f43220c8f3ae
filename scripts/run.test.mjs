import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { describeProcess, isAlive } from '../src/services/process/process-lock.mjs';

const modules = `
  import { run, stopOnSignals, stopWithParent } from ${JSON.stringify(new URL('./run.mjs', import.meta.url).href)};
  import { passStopsTo } from ${JSON.stringify(new URL('./run.mjs', import.meta.url).href)};
`;

/** Runs a script to its end. */
async function runScript(code) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', modules + code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  const [exitCode] = await once(child, 'close');
  return { exitCode, output };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('%s in the very turn in which the set-up ends reaches what comes after it', async (signal, code) => {
  const { exitCode, output } = await runScript(`
    stopOnSignals();
    await Promise.resolve();
    // delivered when this turn is over
    process.kill(process.pid, '${signal}');
    passStopsTo((received) => {
      console.log('passed on', received);
      process.exit(${code});
    });
    setTimeout(() => process.exit(0), 5_000);
  `);
  expect({ exitCode, output }).toEqual({ exitCode: code, output: `passed on ${signal}\n` });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('%s during the set-up ends what it runs, and then the script', async (signal, code) => {
  const { exitCode, output } = await runScript(`
    stopOnSignals();
    setTimeout(() => process.kill(process.pid, '${signal}'), 200);
    await run(process.execPath, ['-e', 'setInterval(() => undefined, 1_000)']);
    console.log('went on');
  `);
  expect({ exitCode, output }).toEqual({ exitCode: code, output: '' });
});

const orphanScript = `${modules}
  stopOnSignals();
  stopWithParent();
  console.log(process.pid);
  await run(process.execPath, ['-e', 'console.error(process.pid); setInterval(() => undefined, 1_000)'], { show: true });
`;
const byItself = `require('node:child_process').spawn(process.execPath, ['--input-type=module', '-e', process.argv[1]], { stdio: 'inherit' })`;
/** As npm does, with a shell that stays to the end. */
const byShell = `require('node:child_process').spawn('sh', ['-c', '"$NODE" --input-type=module -e "$SCRIPT"; exit'], {
  stdio: 'inherit',
  env: { ...process.env, NODE: process.execPath, SCRIPT: process.argv[1], npm_lifecycle_event: 'start' },
})`;

test.each([
  ['parent', byItself],
  ['npm, with a shell between them,', byShell],
])('a script whose %s dies during the set-up ends, with what it runs', async (_, start) => {
  const parent = spawn(process.execPath, ['-e', start, orphanScript], { stdio: ['ignore', 'pipe', 'pipe'] });
  const pids = await Promise.all(
    [parent.stdout, parent.stderr].map(async (stream) =>
      Number((await once(stream.setEncoding('utf8'), 'data'))[0]),
    ),
  );
  const started = pids.map((pid) => describeProcess(pid));
  expect(started.map(isAlive)).toEqual([true, true]);

  parent.kill('SIGKILL');

  await expect.poll(() => started.map(isAlive), { timeout: 20_000 }).toEqual([false, false]);
});
