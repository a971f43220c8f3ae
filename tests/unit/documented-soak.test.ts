import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '@/services/env';

test('the manual lists every file of the soak and the long tests, and no other', () => {
  const manual = readFileSync(path.join(projectRoot, 'docs/running.md'), 'utf8');
  const table = manual.slice(manual.indexOf('`npm run soak -- <name>`'));
  const listed = [...table.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => `${name}.soak.ts`);
  const files = readdirSync(path.join(projectRoot, 'tests/soak')).filter((name) => name.endsWith('.soak.ts'));
  expect(listed).toEqual([...files, 'long.soak.ts'].sort());
});
