import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint, readStamp, removeStamp, writeStamp } from './fingerprint.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oversell-stamp-'));
  mkdirSync(join(root, 'app', 'sub'), { recursive: true });
  writeFileSync(join(root, 'app', 'a.ts'), 'a');
  writeFileSync(join(root, 'app', 'sub', 'b.ts'), 'b');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const take = (include, extra) =>
  fingerprint(root, [join(root, 'app'), join(root, 'lock.json')], include, extra);

test('stays the same while the content does', () => {
  const before = take();
  utimesSync(join(root, 'app', 'a.ts'), 1, 1);
  expect(take()).toBe(before);
});

test('changes with content, name, a new file and what else is given', () => {
  const seen = new Set([take()]);
  const expectNew = () => {
    const now = take();
    expect(seen.has(now)).toBe(false);
    seen.add(now);
  };
  writeFileSync(join(root, 'app', 'sub', 'b.ts'), 'c');
  expectNew();
  renameSync(join(root, 'app', 'a.ts'), join(root, 'app', 'z.ts'));
  expectNew();
  writeFileSync(join(root, 'lock.json'), '{}');
  expectNew();
  expect(seen.has(take(undefined, ['7.10.0']))).toBe(false);
});

test('ignores what is left out', () => {
  const include = (name) => !name.startsWith('app/sub/');
  const before = take(include);
  writeFileSync(join(root, 'app', 'sub', 'b.ts'), 'changed');
  expect(take(include)).toBe(before);
});

test('a stamp is read as written and gone when removed', () => {
  const file = join(root, 'build', '.stamp');
  expect(readStamp(file)).toBeUndefined();
  writeStamp(file, 'abc');
  expect(readStamp(file)).toBe('abc');
  removeStamp(file);
  expect(readStamp(file)).toBeUndefined();
});
