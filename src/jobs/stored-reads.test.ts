import { expect, test, vi } from 'vitest';
import { deferred } from '@/lib/deferred';
import { LabUnavailableError } from '@/lib/lab-error';
import { StoredReads } from './stored-reads';
import type { ReadStores } from './stored-reads';

/** None of these reads looks at a store: what is tested is when they run. */
const open = (warn = vi.fn()) => new StoredReads({} as ReadStores, { info: vi.fn(), warn, error: vi.fn() });

test('reads run a few at a time, and more than may wait are refused as busy', async () => {
  const reads = open();
  const held = deferred();
  let running = 0;
  let most = 0;
  const read = async () => {
    running += 1;
    most = Math.max(most, running);
    await held.promise;
    running -= 1;
    return 'read';
  };
  const asked = Array.from({ length: 100 }, () => reads.large(read).catch((error: unknown) => error));
  const refused = await Promise.all(asked.slice(41));
  for (const error of refused) expect(error).toMatchObject({ name: 'LabUnavailableError', code: 'busy' });
  held.resolve();
  expect(await Promise.all(asked.slice(0, 41))).toEqual(Array.from({ length: 41 }, () => 'read'));
  expect(most).toBe(1);
  expect(await reads.large(read)).toBe('read');
});

test('lists that wait keep nobody from reading one race', async () => {
  const reads = open();
  const held = deferred();
  const lists = Array.from({ length: 30 }, () => reads.large(() => held.promise));
  expect(await reads.small(async () => 'race')).toBe('race');
  held.resolve();
  await Promise.all(lists);
});

test('a few files are written at a time; one that ends or is given up makes room', async () => {
  const reads = open();
  async function* pieces() {
    for (;;) yield await Promise.resolve(new Uint8Array(1));
  }
  const files = Array.from({ length: 4 }, () => reads.export(pieces())[Symbol.asyncIterator]());
  for (const file of files) await file.next();
  expect(() => reads.export(pieces())).toThrow(LabUnavailableError);
  await files[0]?.return?.();
  expect(() => reads.export(pieces())).not.toThrow();
});

test('a store that fails is told apart from one that is busy, and its cause is in the log', async () => {
  const warn = vi.fn();
  const cause = new Error('connection lost');
  const failed = open(warn).small(() => Promise.reject(cause));
  await expect(failed).rejects.toMatchObject({ code: 'database-unavailable' });
  expect(warn.mock.calls).toEqual([[expect.objectContaining({ cause }), 'the lab could not be asked']]);
});
