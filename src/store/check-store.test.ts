import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CheckHead } from '@/model/app-check';
import { RESULT, SOUND } from '../../tests/fixtures/check-result';
import { CheckStore } from './check-store';

const FOLDER = 'check-results';

async function openStore(): Promise<{ store: CheckStore; dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'oversell-check-store-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return { store: new CheckStore(dataDir), dataDir };
}

async function listAll(store: CheckStore, limit: number): Promise<CheckHead[][]> {
  const pages: CheckHead[][] = [];
  for (let cursor: string | undefined; ;) {
    const page = await store.list({ limit, cursor });
    if (!page.ok) throw new Error(page.error.message);
    pages.push(page.checks);
    if (page.nextCursor === null) return pages;
    cursor = page.nextCursor;
  }
}

test('a result is read as it was kept, by its owner alone', async () => {
  const { store, dataDir } = await openStore();
  const { id, createdAt } = await store.save(RESULT, new Date('2026-11-30T10:00:00.123Z'));
  expect(createdAt).toBe('2026-11-30T10:00:00.123Z');
  expect(await new CheckStore(dataDir).get(id)).toEqual({ ...RESULT, id, createdAt });
  const [file = ''] = await readdir(join(dataDir, FOLDER));
  expect((await stat(join(dataDir, FOLDER, file))).mode & 0o077).toBe(0);
});

test('results are listed newest first, page by page, those of one moment too', async () => {
  const { store } = await openStore();
  expect(await listAll(store, 2)).toEqual([[]]);
  const times = [1, 2, 2, 2, 3].map((ms) => new Date(1_700_000_000_000 + ms));
  const kept = [];
  for (const time of times) kept.push(await store.save(SOUND, time));
  const pages = await listAll(store, 2);
  expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
  const listed = pages.flat().map(({ id, createdAt }) => ({ id, createdAt }));
  expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(kept.map(({ id }) => id)));
  expect(listed.map(({ createdAt }) => createdAt)).toEqual(times.map((time) => time.toISOString()).reverse());
  expect(pages[0]?.[0]).toMatchObject({ name: SOUND.name, verdict: 'ok', schedules: { possible: 6 } });
});

test('what cannot be read is passed over, but not the folder', async () => {
  const { store, dataDir } = await openStore();
  const { id } = await store.save(RESULT);
  await mkdir(join(dataDir, FOLDER, '1700000000000-cut2345678.json'));
  expect((await listAll(store, 20)).flat().map((check) => check.id)).toEqual([id]);
  expect(await store.get('cut2345678')).toBeNull();

  await rm(join(dataDir, FOLDER), { recursive: true });
  await writeFile(join(dataDir, FOLDER), 'a file');
  await expect(store.list({ limit: 20 })).rejects.toMatchObject({
    ...{ name: 'LabUnavailableError', code: 'results-unavailable' },
    message: expect.stringContaining('ENOTDIR') as string,
  });
});

test('a file that is no result is passed over, and stays', async () => {
  const { store, dataDir } = await openStore();
  const { id } = await store.save(RESULT);
  const other = ['1700000000000-cut2345678.json', '1700000000001-23456789ab.json', 'notes.txt'];
  const texts = ['{"format":"oversell-check","version":1,"na', '{"format":"else"}', 'mine'];
  for (const [i, name] of other.entries()) await writeFile(join(dataDir, FOLDER, name), texts[i] ?? '');
  expect((await listAll(store, 20)).flat().map((check) => check.id)).toEqual([id]);
  expect(await store.get('cut2345678')).toBeNull();
  expect(await readdir(join(dataDir, FOLDER))).toEqual(expect.arrayContaining(other));
});

test('no id leads out of the folder', async () => {
  const { store, dataDir } = await openStore();
  await store.save(RESULT);
  await writeFile(join(dataDir, 'outside.json'), '{}');
  for (const id of ['../outside', 'outside', '', '%2e%2e', 'a/b', '\u0000']) {
    expect(await store.get(id)).toBeNull();
    expect(await store.remove(id)).toMatchObject({ ok: false, kind: 'not-found' });
  }
});

test('a result is forgotten once', async () => {
  const { store } = await openStore();
  const { id } = await store.save(RESULT);
  expect(await store.remove(id)).toEqual({ ok: true });
  expect(await store.remove(id)).toMatchObject({ error: { code: 'unknown-check' } });
  expect(await store.get(id)).toBeNull();
});

test('the oldest make room, and a cursor that the list did not make is refused', async () => {
  const { store, dataDir } = await openStore();
  const { id } = await store.save(RESULT, new Date(1_000));
  for (let i = 0; i < 500; i += 1)
    await writeFile(
      join(dataDir, FOLDER, `17000000${String(i).padStart(5, '0')}-z${String(i).padStart(9, '0')}.json`),
      '',
    );
  await store.save(RESULT);
  expect(await store.get(id)).toBeNull();
  expect(await readdir(join(dataDir, FOLDER))).toHaveLength(500);
  expect(await store.list({ limit: 2, cursor: 'x' })).toMatchObject({ error: { code: 'bad-cursor' } });
});
