import { expect, test } from 'vitest';
import { createChunk } from './chunk';

test.for([
  ['loads', () => Promise.resolve('module'), { status: 'loaded', module: 'module' }],
  ['fails to load', () => Promise.reject(new TypeError('Failed to fetch')), { status: 'failed' }],
] as const)('a chunk that %s says so, and is fetched once', async ([, fetchModule, end]) => {
  let fetches = 0;
  const chunk = createChunk<string>(() => {
    fetches += 1;
    return fetchModule();
  });
  const heard: string[] = [];
  chunk.subscribe(() => heard.push(chunk.state().status));

  await Promise.all([chunk.load(), chunk.load()]);
  await chunk.load();
  expect(heard).toEqual(['loading', end.status]);
  expect(chunk.state()).toEqual(end);
  expect(fetches).toBe(1);
});
