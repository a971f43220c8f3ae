import type { Page } from '@playwright/test';
import type { ExperimentView } from '../../src/model/experiment';
import { expect, SERVER_AWAY, test } from './fixtures';
import { expectAccessible } from './page-checks';

async function read(page: Page): Promise<ExperimentView> {
  const { pathname } = new URL(page.url());
  return (await (await page.request.get(`/api${pathname}`)).json()) as ExperimentView;
}

test('trials are started from the dashboard, watched, and each opens as a race', async ({ page }) => {
  await page.goto('/experiments');
  await expect(page.getByText('No experiments here yet')).toBeVisible();
  await expectAccessible(page);

  await page.goto('/');
  await page.getByText('Change the plan').click();
  await page.getByLabel('Stock', { exact: true }).fill('10');
  await page.getByLabel('Attempts', { exact: true }).fill('60');
  await page.getByLabel('Concurrency', { exact: true }).fill('20');
  await page.getByLabel('Trials', { exact: true }).fill('5');
  await page.getByRole('button', { name: 'Start this experiment' }).click();
  await page.waitForURL(/\/experiments\/\w+$/);

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    '5 trials of read-then-write vs conditional-update',
  );
  // the marks fill up without a reload
  await expect(page.locator('[data-mark="violated"]').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  await expect(page.locator('[data-progress]')).toHaveText('5 of 5 trials');
  await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();

  const [bad, good] = (await read(page)).strategies;
  const marks = page.getByRole('list', { name: 'Trials of read-then-write' }).getByRole('link');
  await expect(marks).toHaveCount(5);
  await expect(page.locator('[data-mark="violated"]')).toHaveCount(
    (bad?.violated ?? 0) + (good?.violated ?? 0),
  );
  await expect(page.locator('article').first()).toContainText(bad?.statement ?? 'nothing');
  await expect(page.locator('article').nth(1)).toContainText(good?.statement ?? 'nothing');
  await expectAccessible(page);

  await marks.nth(2).click();
  await page.waitForURL(/\/races\/\w+$/);
  await expect(page.locator('article [data-verdict]').first()).toBeVisible();
  await page.getByRole('link', { name: 'trial 3 of 5' }).click();
  await page.waitForURL(/\/experiments\/\w+$/);

  await page.getByRole('link', { name: 'Experiments', exact: true }).click();
  await expect(page.getByRole('listitem').filter({ hasText: '5 trials of read-then-write' })).toBeVisible();
  await page.getByRole('button', { name: /^Delete “5 trials/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 1 experiment?' });
  await expect(dialog).toContainText('5 trials of read-then-write vs conditional-update');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No experiments here yet')).toBeVisible();
});

test(
  'a page that follows trials comes back by itself after the server was away',
  { tag: '@long' },
  async ({ page, server, expectedErrors }) => {
    expectedErrors.push(SERVER_AWAY);
    const data = { kind: 'trials', trials: 50, race: { strategies: ['read-then-write'], attempts: 60 } };
    const started = await page.request.post(`${server.url}/api/experiments`, { data });
    const { url } = (await started.json()) as { url: string };
    await page.goto(url);
    await expect(page.locator('[data-progress]')).toBeVisible();

    await page.route(/\.data(\?|$)/, (route) => route.abort());
    await expect(page.getByRole('heading', { name: 'The server cannot be reached' })).toBeVisible();
    await page.unroute(/\.data(\?|$)/);

    await expect(page.locator('[data-progress]')).toBeVisible();
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();
  },
);

test(
  'a race that broke is bisected to the fewest buyers that break it',
  { tag: '@long' },
  async ({ page }) => {
    const started = await page.request.post('/api/races', {
      data: { strategies: ['read-then-write'], stock: 10, attempts: 60, concurrency: 8 },
    });
    const { url } = (await started.json()) as { url: string };
    await page.goto(url);
    await page.getByRole('button', { name: 'Bisect' }).click();
    await page.waitForURL(/\/experiments\/\w+$/);

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('How few buyers break read-then-write?');
    await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();
    const { bisection } = await read(page);
    await expect(page.locator('[data-statement]')).toHaveText(bisection?.statement ?? 'nothing');
    await expect(page.locator('[data-smallest]')).toHaveText(`${bisection?.smallest} BUYERS`);
    const rows = page.getByRole('region', { name: 'Levels that were tried' }).locator('tbody tr');
    await expect(rows).toHaveCount(bisection?.levels.length ?? 0);
    await expectAccessible(page);
  },
);

test('trials that make no sense are refused in the form', async ({ page, expectedErrors }) => {
  expectedErrors.push(/status of 400/);
  await page.goto('/');
  await page.getByText('Change the plan').click();
  const trials = page.getByLabel('Trials', { exact: true });
  await trials.fill('200');
  await page.getByLabel('Attempts', { exact: true }).fill('100000');
  await page.getByRole('button', { name: 'Start this experiment' }).click();
  await expect(page.getByRole('alert')).toHaveText('The experiment cannot be run as asked.');
  await expect(page.getByText(/would come to 40,000,000 attempts/)).toBeVisible();
  await expect(trials).toHaveValue('200');
});
