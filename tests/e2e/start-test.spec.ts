import type { Page } from '@playwright/test';
import type { RaceView } from '../../src/model/race';
import { expect, test } from './fixtures';

/** The lane of that name: its verdict card. */
const card = (page: Page, strategy: string) =>
  page.locator('article', { has: page.getByRole('link', { name: strategy, exact: true }) });

async function startTest(page: Page): Promise<string> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Start test' }).click();
  await page.waitForURL(/\/races\/\w+$/);
  return page.url();
}

async function whenFinished(page: Page): Promise<void> {
  await expect(page.locator('article [data-verdict="violated"]')).toBeVisible();
  await expect(page.locator('article [data-verdict="ok"]')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();
}

test('one click shows the oversell live, beside the strategy that holds', async ({ page, server }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'Can this checkout sell the last unit twice?',
  );
  const url = await startTest(page);

  // while it runs: provisional numbers, a stop button, the connection
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  await expect(card(page, 'read-then-write')).toContainText('so far');
  await whenFinished(page);
  // what turned up meanwhile has not moved the page from under its reader
  expect(await page.evaluate(() => window.scrollY)).toBe(0);

  await expect(card(page, 'read-then-write')).toContainText(/OVERSOLD\s*\+\d+/);
  await expect(card(page, 'conditional-update')).toContainText('EXACT');
  await expect(card(page, 'conditional-update')).toContainText('Sold exactly 100 of 100 units');

  // what the page says is what the tables say
  const race = (await (
    await page.request.get(`${server.url}/api${new URL(url).pathname}`)
  ).json()) as RaceView;
  const [bad] = race.lanes;
  const count = (value: number | undefined) => (value ?? 0).toLocaleString('en-US');
  await expect(card(page, 'read-then-write')).toContainText(`+${count(bad?.oversold)}`);
  await expect(page.getByRole('row', { name: /orders in the table/ })).toContainText(
    count(bad?.orders.quantity),
  );
  await expect(page.getByRole('row', { name: /lost updates/ })).toContainText(count(bad?.lostUpdates));
});

test(
  'the address shows the same after a reload, with every attempt accounted for',
  { tag: '@long' },
  async ({ page }) => {
    await startTest(page);
    await whenFinished(page);
    const numbers = () => page.getByRole('table').allInnerTexts();
    const before = await numbers();

    await page.reload();

    await expect(page.locator('article [data-verdict]')).toHaveCount(2);
    await expect.poll(numbers).toEqual(before);
    for (const word of ['generated', 'recorded', 'stored', 'streamed', 'shown']) {
      await expect(page.getByText(new RegExp(`${word}\\s*1,000`)).first()).toBeVisible();
    }
  },
);

test('a reload in the middle of a race misses nothing', async ({ page, server }) => {
  const started = await page.request.post(`${server.url}/api/races`, {
    data: { strategies: ['read-then-write'], attempts: 1_000, stock: 50, thinkMs: 50 },
  });
  const { url } = (await started.json()) as { url: string };
  await page.goto(url);
  await expect(page.locator('article')).toContainText('so far');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();
  await expect(page.getByText(/streamed\s*1,000/)).toBeVisible();
  await expect(page.getByText(/shown\s*1,000/)).toBeVisible();
});

test('a plan of one’s own: refused by field, then run', async ({ page }) => {
  await page.goto('/');
  await page.getByText('Change the plan').click();
  const stock = page.getByLabel('Stock', { exact: true });
  await stock.fill('99999999');
  await page.getByRole('button', { name: 'Start this race' }).click();
  await expect(stock).toBeFocused();
  await expect(page.getByText('must be a whole number from 0 to 1,000,000, not 99,999,999')).toBeVisible();

  // enough sales that some are contested on a machine where each takes less than a millisecond
  await stock.fill('120');
  await page.getByLabel('Attempts', { exact: true }).fill('400');
  await page.getByLabel('Concurrency', { exact: true }).fill('60');
  await page.getByRole('button', { name: 'Start this race' }).click();
  await page.waitForURL(/\/races\/\w+$/);
  await whenFinished(page);
  await expect(card(page, 'conditional-update')).toContainText('Sold exactly 120 of 120 units');
});

test('stop drains the race and says so; run again starts another', async ({ page, server }) => {
  const started = await page.request.post(`${server.url}/api/races`, {
    data: { strategies: ['conditional-update'], attempts: 50_000, stock: 10, thinkMs: 20 },
  });
  const { url } = (await started.json()) as { url: string };
  await page.goto(url);
  await expect(page.locator('article')).toContainText(/so far|SOLD OUT/);
  await page.keyboard.press('x');
  await expect(page.getByText(/^Stopped by request after [\d,]+ of 50,000 attempts\.$/)).toBeVisible();

  await expect(page.getByRole('button', { name: 'Run again' })).toBeEnabled();
  await page.keyboard.press('s');
  await page.waitForURL((next) => !next.href.endsWith(url));
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText(/^Stopped .+ after [\d,]+( of [\d,]+)? attempts\.$/)).toBeVisible();
});

test(
  'a stop says how much is in flight, and a second one waits no longer',
  { tag: '@long' },
  async ({ page, server }) => {
    const slow = { attempts: 1_000, stock: 10, concurrency: 7, thinkMs: 10_000, timeoutMs: 60_000, rampS: 0 };
    const started = await page.request.post(`${server.url}/api/races`, {
      data: { strategies: ['read-then-write'], ...slow },
    });
    const { url } = (await started.json()) as { url: string };
    await page.goto(url);
    await expect(page.locator('article')).toContainText(/so far|SELLING/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect(page.getByText('Stopping… 7 in flight')).toBeVisible();
    await page.getByRole('button', { name: 'Stop now' }).click();
    await expect(page.getByText(/^Stopped .+ after [\d,]+( of [\d,]+)? attempts\.$/)).toBeVisible();
    const race = (await (await page.request.get(`${server.url}/api${url}`)).json()) as RaceView;
    expect(race.lanes[0]?.counts.indeterminate).toBe(7);
  },
);
