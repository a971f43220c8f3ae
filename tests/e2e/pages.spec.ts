import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

async function runRace(page: Page, url: string): Promise<string> {
  const response = await page.request.get(`${url}/api/api-test?attempts=40&stock=20`);
  return ((await response.json()) as { url: string }).url;
}

/** No sideways scrolling, however narrow the window. */
async function expectFits(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong in ${colorScheme}, and everything fits 360 px`, async ({ page, server }) => {
    const race = await runRace(page, server.url);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of ['/', race, '/races', '/strategies', '/strategies/optimistic-version']) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.map(({ id, nodes }) => `${path} ${id}: ${nodes.map(({ html }) => html).join('\n')}`),
      ).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      await expectFits(page);
    }
  });
}

test('the theme can be chosen and is remembered', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Dark theme' }).click();
  await expect(page.getByRole('button', { name: 'Dark theme' })).toHaveAttribute('aria-pressed', 'true');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.reload();
  expect(await background()).toBe(dark);
  await page.getByRole('button', { name: 'Light theme' }).click();
  await expect.poll(background).not.toBe(dark);
});

test('the keys are listed under ?', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard' });
  await expect(dialog).toContainText('Stop the race');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('races can be deleted from the list', async ({ page, server }) => {
  const race = await runRace(page, server.url);
  await page.goto('/races');
  const row = page.getByRole('listitem').filter({ has: page.locator(`a[href="${race}"]`) });
  await row.getByRole('button', { name: /Delete/ }).click();
  await expect(row).toHaveCount(0);
  expect((await page.request.get(`${server.url}/api${race}`)).status()).toBe(404);
});

test('strategies can be narrowed down, read and raced', async ({ page }) => {
  await page.goto('/strategies');
  const cards = page.getByRole('main').getByRole('listitem');
  const all = await cards.count();
  await page.getByRole('navigation', { name: 'By class' }).getByRole('link', { name: 'unsafe' }).click();
  await expect(page).toHaveURL(/class=unsafe/);
  expect(await cards.count()).toBeLessThan(all);
  await page.getByRole('link', { name: 'Read, then write' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Read, then write');
  await expect(page.getByText('overwrites T1').first()).toBeVisible();
  await expect(page.getByLabel('Source')).toContainText('satisfies Strategy');
  await page.getByLabel('Race it against').selectOption('conditional-update');
  await page.getByRole('button', { name: 'Start race' }).click();
  await page.waitForURL(/\/races\/\w+$/);
  await expect(page.locator('article [data-verdict="ok"]')).toBeVisible({ timeout: 30_000 });

  await page.goto('/strategies/read-then-write');
  await expect(page.getByText('sales a second')).toBeVisible();
});

test('an unknown race and an unknown page are said to be so', async ({ page, expectedErrors }) => {
  expectedErrors.push(/status of 404/);
  await page.goto('/races/nope');
  await expect(page.getByText('There is no race at this address.')).toBeVisible();
  await page.goto('/strategies/pray');
  await expect(page.getByText('There is no strategy pray.')).toBeVisible();
  const response = await page.goto('/no/such/page');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('link', { name: /dashboard/i }).first()).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a race can be started, followed and read', async ({ page }) => {
    await page.goto('/');
    await page.getByText('Change the plan').click();
    await page.getByLabel('Attempts', { exact: true }).fill('100');
    await page.getByRole('button', { name: 'Start this race' }).click();
    await page.waitForURL(/\/races\/\w+$/);
    // the page loads itself again while the race runs
    await expect(page.locator('article [data-verdict="ok"]')).toBeVisible({ timeout: 30_000 });
    await expect(page.locator('article [data-verdict="violated"]')).toContainText(/OVERSOLD|LOST/);
    await expect(page.getByRole('row', { name: /orders in the table/ })).toBeVisible();
  });
});
