import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './project.mjs';
import { refuseServerCode, serverModule } from './refuse-server-code.mjs';

const page = join(root, 'app', 'features', 'race', 'race-page.tsx');

test.each([
  '@/model/race',
  '@/plan/rules',
  '@/report/verdict-words',
  '@/lib/deferred',
  '~/ui/panel',
  'react',
])('the browser may load %s', (id) => {
  expect(serverModule(id, page)).toBeUndefined();
});

test.each(['@/jobs/race/race', '@/services/env', '@/server/http/read-form', '../../../src/lab/lab'])(
  'the browser may not load %s',
  (id) => {
    expect(serverModule(id, page)).toMatch(join(root, 'src'));
  },
);

test('nor may a module that it loads', () => {
  const model = join(root, 'src', 'model', 'race.ts');
  expect(serverModule('../jobs/race/race', model)).toBe(join(root, 'src', 'jobs', 'race', 'race'));
  expect(serverModule('./outcome', model)).toBeUndefined();
});

test('the server may load all of it, and an entry has no importer', () => {
  const { resolveId } = refuseServerCode();
  expect(() => resolveId('@/lab/lab', page, { ssr: false })).toThrow('The browser would load server code');
  expect(resolveId('@/lab/lab', page, { ssr: true })).toBeUndefined();
  expect(resolveId('@/lab/lab', undefined, {})).toBeUndefined();
});
