import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { expectAccessible, expectFits } from './page-checks';

async function runRace(page: Page, url: string): Promise<string> {
  const response = await page.request.get(`${url}/api/api-test?attempts=40&stock=20`);
  return ((await response.json()) as { url: string }).url;
}

test('axe finds nothing wrong in either theme, and everything fits 360 px', async ({ page, server }) => {
  const race = await runRace(page, server.url);
  for (const path of ['/', race, '/races', '/strategies', '/strategies/optimistic-version']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page);
  }
});

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

test('choosing a theme keeps the plan that is being edited', { tag: '@long' }, async ({ page }) => {
  await page.goto('/');
  await page.getByText('Change the plan').click();
  await page.getByLabel('Stock', { exact: true }).fill('77');
  await expect(page).toHaveURL(/stock=77/);
  await page.getByRole('button', { name: 'Dark theme' }).click();
  await expect(page.getByRole('button', { name: 'Dark theme' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByLabel('Stock', { exact: true })).toHaveValue('77');
  await page.getByRole('button', { name: 'Theme of the system' }).click();
});

test(
  'the export menu closes on Escape and on whatever happens outside of it',
  { tag: '@long' },
  async ({ page, server }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(await runRace(page, server.url));
    await expect(page.getByRole('button', { name: 'Run again' })).toBeEnabled();
    const menu = page.getByRole('link', { name: 'History (NDJSON)' });
    const button = page.locator('summary', { hasText: 'Export' });

    await expect(async () => {
      await button.click();
      await expect(menu).toBeVisible({ timeout: 500 });
      await page.keyboard.press('Escape');
      await expect(menu).toBeHidden({ timeout: 500 });
    }).toPass();
    await expect(button).toBeFocused();

    await button.click();
    const list = await page.getByRole('list').filter({ has: menu }).boundingBox();
    expect(list?.x).toBeGreaterThanOrEqual(0);
    expect((list?.x ?? 0) + (list?.width ?? 0)).toBeLessThan(390);
    await page.getByRole('contentinfo').click({ position: { x: 5, y: 5 } });
    await expect(menu).toBeHidden();
  },
);

test('experiments are part of Races in the top bar', { tag: '@long' }, async ({ page }) => {
  await page.goto('/experiments');
  const races = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Races' });
  await expect(races).toHaveAttribute('aria-current', 'true');
  await page.goto('/strategies');
  await expect(races).not.toHaveAttribute('aria-current');
});

test(
  'a link to any page can be shown elsewhere with a sentence and a picture',
  { tag: '@long' },
  async ({ page, server }) => {
    for (const path of ['/', '/races', '/strategies/read-then-write']) {
      await page.goto(path);
      const meta = (name: string) =>
        page.locator(`meta[name="${name}"], meta[property="${name}"]`).getAttribute('content');
      expect(await meta('description')).toMatch(/\?$/);
      const picture = (await meta('og:image')) ?? '';
      expect(picture).toBe(`${server.url}/social.png`);
      expect((await page.request.get(picture)).headers()['content-type']).toBe('image/png');
    }
  },
);

test('a link to a race is shown elsewhere with its verdict', { tag: '@long' }, async ({ page, server }) => {
  await page.goto(await runRace(page, server.url));
  const meta = (name: string) =>
    page.locator(`meta[name="${name}"], meta[property="${name}"]`).getAttribute('content');
  expect(await meta('og:title')).toMatch(/^read-then-write OVERSOLD \+\d+ · Oversell$/);
  expect(await page.title()).toBe(await meta('og:title'));
  expect(await meta('og:description')).toMatch(/^Read, then write: OVERSOLD \+\d+\. ./);
  expect(await meta('description')).toBe(await meta('og:description'));
  await page.goto('/strategies');
  expect(await meta('og:title')).toBe('Strategies · Oversell');
});

test(
  'a race that was deleted elsewhere cannot be run again, and says so with a way out',
  { tag: '@long' },
  async ({ page, server, expectedErrors }) => {
    expectedErrors.push(/status of 404/);
    const url = await runRace(page, server.url);
    await page.goto(url);
    await page.request.delete(`${server.url}/api${url}`);
    await page.getByRole('button', { name: 'Run again' }).click();
    await expect(
      page.getByText(/^This race has been deleted, so that it cannot be run again\./),
    ).toBeVisible();
    await page.getByRole('link', { name: 'Edit plan' }).click();
    await expect(page.getByRole('button', { name: 'Start this race' })).toBeVisible();
    await expect(page.getByLabel('Attempts', { exact: true })).toHaveValue('40');
  },
);

test('the keys are listed under ?', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard' });
  await expect(dialog).toContainText('Stop the race');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('strategies can be narrowed down, read and raced', { tag: '@long' }, async ({ page }) => {
  await page.goto('/strategies');
  const cards = page.getByRole('main').getByRole('listitem');
  const all = await cards.count();
  await page.getByRole('navigation', { name: 'By class' }).getByRole('link', { name: 'unsafe' }).click();
  await expect(page).toHaveURL(/class=unsafe/);
  await expect.poll(() => cards.count()).toBeLessThan(all);
  await page.getByRole('link', { name: 'Read, then write' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Read, then write');
  await expect(page.getByText('overwrites T1').first()).toBeVisible();
  await expect(page.getByLabel('Source')).toContainText('satisfies Strategy');
  await page.getByLabel('Race it against').selectOption('conditional-update');
  await page.getByRole('button', { name: 'Start race' }).click();
  await page.waitForURL(/\/races\/\w+$/);
  await expect(page.locator('article [data-verdict="ok"]')).toBeVisible();

  // on a busy machine the load generator may have set the pace, which is no price of a strategy
  await page.goto('/strategies/read-then-write');
  await expect(page.getByText(/sales a second|Not measured on this machine yet/)).toBeVisible();
});

test('an unknown race and an unknown page are said to be so', async ({ page, expectedErrors }) => {
  expectedErrors.push(/status of 404/);
  await page.goto('/races/nope');
  await expect(page.getByText('There is no race at this address.')).toBeVisible();
  await expectAccessible(page);
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
    await page.getByLabel('Attempts', { exact: true }).fill('300');
    await page.getByRole('button', { name: 'Start this race' }).click();
    await page.waitForURL(/\/races\/\w+$/);
    // the page loads itself again while the race runs
    await expect(page.locator('article [data-verdict="ok"]')).toBeVisible();
    await expect(page.locator('article [data-verdict="violated"]')).toContainText(/OVERSOLD|LOST/);
    await expect(page.getByRole('row', { name: /orders in the table/ })).toBeVisible();
  });

  test('a page of what still runs says that it loads itself again', { tag: '@long' }, async ({ page }) => {
    const started = await page.request.post('/api/races', { data: { strategies: ['conditional-update'] } });
    const { url } = (await started.json()) as { url: string };
    expect(await (await page.request.get(url)).text()).toContain('Scripts are off');
    await page.request.post(`/api${url}/stop`);
    await page.goto(url);
    await expect(page.getByText(/Stopped by request/).first()).toBeVisible();
    await expect(page.getByText('Scripts are off')).toBeHidden();
  });
});

test('every page fits a window of 320 px', async ({ page, server }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const race = await runRace(page, server.url);
  const compared = `/compare?races=${race.replace('/races/', '')}`;
  const fixed = [
    '/',
    '/races',
    '/experiments',
    '/compare',
    '/strategies',
    '/explorer',
    '/isolation',
    '/checks',
  ];
  for (const path of [...fixed, '/strategies/read-then-write', race, compared]) {
    await page.goto(path);
    await expectFits(page);
  }
});
