import { expect, test } from 'vitest';
import { deferred } from './deferred';
import { shareRunning } from './share-running';

test('calls with the same arguments share what runs, and later ones run anew', async () => {
  const asked: string[] = [];
  const held = deferred();
  const read = shareRunning(async (race: string, from: number) => {
    asked.push(`${race} ${from}`);
    await held.promise;
    return asked.length;
  });
  const together = [read('a', 0), read('a', 0), read('a', 512), read('b', 0)];
  expect(asked).toEqual(['a 0', 'a 512', 'b 0']);
  held.resolve();
  expect(await Promise.all(together)).toEqual([3, 3, 3, 3]);
  expect(await read('a', 0)).toBe(4);
});

test('a failure reaches every call that shares it, and no later one', async () => {
  let fails = true;
  const read = shareRunning(async () => {
    if (fails) throw new Error('connection lost');
    return 'read';
  });
  const together = await Promise.allSettled([read(), read()]);
  expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await read()).toBe('read');
});
