import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EnvError } from '../env';
import { claimDataSlot } from './data-slot';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'oversell-slot-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a data folder belongs to one, and the next gets the folder beside it', () => {
  const dir = join(makeFolder(), 'data');
  const first = claimDataSlot(dir);
  expect(first).toMatchObject({ dir, number: 1, stale: false });
  const second = claimDataSlot(dir);
  expect(second).toMatchObject({ dir: `${dir}-2`, number: 2 });
  first.release();
  expect(claimDataSlot(dir)).toMatchObject({ dir, number: 1, stale: false });
});

test('an owner that cannot be read is said in one line', () => {
  const dir = makeFolder();
  mkdirSync(join(dir, 'owner.json'));
  expect(() => claimDataSlot(dir)).toThrow(EnvError);
  expect(() => claimDataSlot(dir)).toThrow(
    /owner\.json cannot be read \(EISDIR\), .* Delete it when none does\.$/,
  );
});
