import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  describeProcess,
  isAlive,
  processStartedAt,
  readOwner,
  releaseLock,
  takeLock,
} from './process-lock.mjs';

let dir;
let file;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'oversell-lock-'));
  file = join(dir, 'some', 'lock');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A process that takes the lock and then waits to be killed. */
async function startOwner() {
  const code = `import(process.argv[1]).then(({ takeLock }) => {
    console.log(JSON.stringify(takeLock(process.argv[2])));
    process.stdin.resume();
  })`;
  const module = new URL('./process-lock.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['-e', code, module, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, result: JSON.parse(line) };
}

async function kill(child) {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('process identity', () => {
  test('this process is alive, and has one start time', () => {
    expect(processStartedAt(process.pid)).toMatch(/\S/);
    expect(processStartedAt(process.pid)).toBe(processStartedAt(process.pid));
    expect(isAlive(describeProcess())).toBe(true);
  });

  test('a reused process id is somebody else', () => {
    expect(isAlive({ pid: process.pid, startedAt: 'another boot:1' })).toBe(false);
  });

  test('an ended process is not alive', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const identity = describeProcess(child.pid);
    expect(isAlive(identity)).toBe(true);
    await kill(child);
    expect(isAlive(identity)).toBe(false);
  });
});

describe('a lock', () => {
  test('is taken once and can be taken again after its release', () => {
    expect(takeLock(file)).toEqual({ taken: true, stale: false });
    expect(takeLock(file)).toMatchObject({ taken: false, owner: { pid: process.pid } });
    releaseLock(file);
    expect(takeLock(file)).toEqual({ taken: true, stale: false });
  });

  test('of a living process is respected, that of a killed one is taken over', async () => {
    const { child, result } = await startOwner();
    expect(result.taken).toBe(true);
    expect(takeLock(file)).toMatchObject({ taken: false, owner: { pid: child.pid } });
    await kill(child);
    expect(takeLock(file)).toEqual({ taken: true, stale: true });
  });

  test('that holds nonsense is taken over', () => {
    takeLock(file);
    writeFileSync(file, 'half a lo');
    expect(takeLock(file)).toEqual({ taken: true, stale: true });
  });

  test.for([
    ['a folder', (path) => mkdirSync(path)],
    ['a link that leads nowhere', (path) => symlinkSync('/nonexistent/lock', path)],
  ])('in whose place is %s is an error, and not waited for', ([, place]) => {
    mkdirSync(dirname(file), { recursive: true });
    place(file);
    expect(() => takeLock(file)).toThrow(`${file} cannot be read`);
    expect(readdirSync(dirname(file))).toHaveLength(1);
  });

  test('of somebody else is not released', async () => {
    const { child } = await startOwner();
    releaseLock(file);
    expect(readOwner(file)?.pid).toBe(child.pid);
    await kill(child);
  });

  test('left by a dead owner goes to exactly one of many', async () => {
    takeLock(file);
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
    const owners = await Promise.all(Array.from({ length: 6 }, startOwner));
    expect(owners.filter(({ result }) => result.taken)).toHaveLength(1);
    await Promise.all(owners.map(({ child }) => kill(child)));
    expect(readdirSync(join(dir, 'some'))).toEqual(['lock']);
  });
});
