import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRedisServer } from './find-redis-server.mjs';
import { forgetPrograms } from './fetch-redis-server.mjs';

let root;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'oversell-redis-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function makeProgram(folder, name, script) {
  mkdirSync(join(root, folder), { recursive: true });
  const file = join(root, folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const REDIS = 'echo "Redis server v=8.0.0"';

test('an explicit program is the only candidate', () => {
  const good = makeProgram('bin', 'redis-server', REDIS);
  expect(findRedisServer({ folder: root, explicit: good, path: '' })).toBe(good);
  expect(
    findRedisServer({ folder: root, explicit: join(root, 'nowhere'), path: join(root, 'bin') }),
  ).toBeUndefined();
});

test('Redis is found on the path, else Valkey', () => {
  const valkey = makeProgram('a', 'valkey-server', 'echo "Valkey server v=9.0.0"');
  expect(findRedisServer({ folder: root, path: join(root, 'a'), extraFolders: [] })).toBe(valkey);
  const redis = makeProgram('a', 'redis-server', REDIS);
  expect(findRedisServer({ folder: root, path: join(root, 'a') })).toBe(redis);
});

test('a program that does not run, or is something else, is passed over for the cached one', () => {
  makeProgram('broken', 'redis-server', 'exit 127');
  makeProgram('other', 'redis-server', 'echo hello');
  const cached = makeProgram('redis', 'redis-server', REDIS);
  const path = [join(root, 'broken'), join(root, 'other')].join(':');
  expect(findRedisServer({ folder: root, path, extraFolders: [] })).toBe(cached);
});

test('packages that hold a program are fetched although one of them is installed', () => {
  const entry = (name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1`;
  const status = ['libc6', 'redis-tools', 'redis', 'valkey-server', 'zlib1g'].map(entry).join('\n\n');
  expect(forgetPrograms(status)).toBe(['libc6', 'redis', 'zlib1g'].map(entry).join('\n\n'));
});
