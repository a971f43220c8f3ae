import { expect, test } from 'vitest';
import { createChunk } from './chunk';

test('a chunk that fails to load says so, and loads when it is asked for again', async () => {
  let isAway = true;
  let fetches = 0;
  const chunk = createChunk(async () => {
    fetches += 1;
    if (isAway) throw new TypeError('Failed to fetch dynamically imported module');
    return 'module';
  });
  const heard: string[] = [];
  chunk.subscribe(() => heard.push(chunk.state().status));

  await chunk.load();
  expect(heard).toEqual(['loading', 'failed']);
  isAway = false;
  await Promise.all([chunk.load(), chunk.load()]);
  expect(chunk.state()).toEqual({ status: 'loaded', module: 'module' });
  await chunk.load();
  expect(fetches).toBe(2);
});
