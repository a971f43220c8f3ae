import { expect } from 'vitest';
import { readHonesty, withPage } from '../fixtures/server/browser';
import { serverTest as test } from '../fixtures/server/server-test';
import { share } from './share';

const ATTEMPTS = share(100_000);
const PLAN = {
  strategies: ['conditional-update'],
  model: 'closed',
  stock: 1_000,
  attempts: ATTEMPTS,
  concurrency: 64,
  thinkMs: 0,
};

test(`a race of ${ATTEMPTS} attempts is watched to its end, with every attempt shown once`, async ({
  api,
}) => {
  const id = await api.startRace(PLAN);
  await withPage(async (page) => {
    await page.goto(`${api.url}/races/${id}`);
    await page.getByRole('button', { name: 'Run again' }).waitFor({ timeout: 900_000 });
    const all = { generated: ATTEMPTS, recorded: ATTEMPTS, stored: ATTEMPTS };
    await expect
      .poll(() => readHonesty(page), { timeout: 30_000 })
      .toEqual({ ...all, streamed: ATTEMPTS, shown: ATTEMPTS });
    // the log goes from its first row to its last
    const rows = page.getByRole('region', { name: 'Every request' }).getByRole('listbox').first();
    await rows.focus();
    await page.keyboard.press('Home');
    await rows.getByRole('option').first().waitFor();
    expect(await rows.getByRole('option').first().getAttribute('aria-posinset')).toBe('1');
    await page.keyboard.press('End');
    await expect
      .poll(() => rows.getByRole('option').last().getAttribute('aria-posinset'))
      .toBe(String(ATTEMPTS));
  });
}, 1_800_000);
