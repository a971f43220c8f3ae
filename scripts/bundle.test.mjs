import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeProcess } from '../src/services/process/process-lock.mjs';
import { copyBuild } from './bundle.mjs';

let dir;
const build = () => join(dir, 'build');
const running = () => join(dir, 'running');

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'oversell-running-'));
  for (const part of ['client', 'server', 'program']) mkdirSync(join(build(), part), { recursive: true });
  writeFileSync(join(build(), 'program', 'server.mjs'), 'first');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a server keeps the build that it was started with', () => {
  const program = copyBuild(build(), running());
  rmSync(build(), { recursive: true });
  expect(readFileSync(program, 'utf8')).toBe('first');
});

test('copies of dead processes go, and those of living ones stay', () => {
  const copyOf = (name, owner) => {
    mkdirSync(join(running(), name), { recursive: true });
    writeFileSync(join(running(), name, 'owner.json'), JSON.stringify(owner));
  };
  copyOf('dead', { pid: process.pid, startedAt: 'at another time' });
  copyOf('alive', describeProcess(process.ppid));
  copyBuild(build(), running());
  expect(existsSync(join(running(), 'dead'))).toBe(false);
  expect(existsSync(join(running(), 'alive'))).toBe(true);
});
