import { expect, test } from 'vitest';
import { CloseStack } from './close-stack';

test('parts close in the opposite order of their opening, one after another', async () => {
  const stack = new CloseStack();
  const closed: string[] = [];
  stack.add('pool', async () => {
    await Promise.resolve();
    closed.push('pool');
  });
  stack.add('lease', () => closed.push('lease'));
  await stack.close();
  expect(closed).toEqual(['lease', 'pool']);
});

test('a part that fails keeps none of the others open, and is named', async () => {
  const stack = new CloseStack();
  const closed: string[] = [];
  stack.add('pool', () => closed.push('pool'));
  stack.add('lease', () => Promise.reject(new Error('gone')));
  stack.add('explorer', () => {
    throw new Error('busy');
  });
  await expect(stack.close()).rejects.toThrow('closing explorer failed: busy\nclosing lease failed: gone');
  expect(closed).toEqual(['pool']);
});

test('closing again closes nothing twice', async () => {
  const stack = new CloseStack();
  let times = 0;
  stack.add('pool', () => (times += 1));
  await Promise.all([stack.close(), stack.close()]);
  await stack.close();
  expect(times).toBe(1);
});
