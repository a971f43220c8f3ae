import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { expectAccessible } from './page-checks';

/**
 * Pictures are compared with others of the same run: fonts and rasteriser are those of whatever machine runs it, so a
 * picture that is kept with the code would be of another one. What is the same everywhere is kept: roles, names, order.
 */
const panel = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const CHARTS = ['Stock', 'Outcomes per second', 'Latency percentiles', 'Latency distribution'];

/** A picture without the age of a frozen view, which goes on. */
function picture(target: Locator): Promise<Buffer> {
  return target.screenshot({ animations: 'disabled', mask: [target.locator('[data-frozen]')] });
}

/** Remembers what something looks like, for `expectSameLook`. */
async function keepLook(target: Locator, name: string): Promise<void> {
  const file = test.info().snapshotPath(name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, await picture(target));
}

/** @throws with a picture of the difference in test-results */
async function expectSameLook(target: Locator, name: string): Promise<void> {
  expect(await picture(target)).toMatchSnapshot(name, { maxDiffPixels: 0 });
}

async function start(page: Page, url: string, data: object): Promise<void> {
  const started = await page.request.post(`${url}/api/races`, { data });
  await page.goto(((await started.json()) as { url: string }).url);
}

test(
  'the charts of a race that was watched are those that its address shows ever after',
  { tag: '@long' },
  async ({ page, server }) => {
    await start(page, server.url, {
      strategies: ['read-then-write', 'conditional-update'],
      ...{ attempts: 1_000, stock: 50, concurrency: 40 },
    });
    await expect(page.locator('article').first()).toContainText('so far');
    await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();
    // a chart far from the window is a sketch, and all take turns with their last data
    const settle = async (look: (chart: Locator, name: string) => Promise<void>) => {
      for (const name of CHARTS) {
        await panel(page, name).scrollIntoViewIfNeeded();
        await expect(panel(page, name).locator('.recharts-surface')).toHaveCount(2);
        await look(panel(page, name), `${name}.png`);
      }
    };
    await expect(async () => {
      await settle(keepLook);
      await settle(expectSameLook);
    }).toPass();

    await page.reload();

    await expect(() => settle(expectSameLook)).toPass();
  },
);

test(
  'a frozen view does not change by a pixel while the race goes on',
  { tag: '@long' },
  async ({ page, server }) => {
    await start(page, server.url, {
      strategies: ['conditional-update'],
      attempts: 50_000,
      stock: 30_000,
      thinkMs: 20,
    });
    await expect(panel(page, 'Stock').locator('.recharts-surface')).toBeVisible();
    await expect(page.locator('article')).toContainText('so far');
    await page.keyboard.press(' ');
    await expect(page.getByText(/View frozen \d+ s ago/)).toBeVisible();
    const recorded = async () => {
      const race = await page.request.get(`${server.url}/api${new URL(page.url()).pathname}`);
      return (
        ((await race.json()) as { lanes: { honesty: { recorded: number } }[] }).lanes[0]?.honesty.recorded ??
        0
      );
    };
    const verdict = page.locator('article').first();
    await expect(async () => {
      // a chart that had its turn coming still takes it
      await keepLook(panel(page, 'Stock'), 'stock.png');
      await expectSameLook(panel(page, 'Stock'), 'stock.png');
    }).toPass();
    await keepLook(verdict, 'verdict.png');
    await keepLook(panel(page, 'Status'), 'status.png');
    const before = await recorded();
    await expect.poll(recorded).toBeGreaterThan(before + 500);

    await expectSameLook(panel(page, 'Stock'), 'stock.png');
    await expectSameLook(verdict, 'verdict.png');
    await expectSameLook(panel(page, 'Status'), 'status.png');

    // keys act on the race, and not on the picture of it
    await page.keyboard.press('x');
    await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();
    await expectSameLook(verdict, 'verdict.png');
    await page.keyboard.press(' ');
    await expect(page.getByText(/^Stopped .+ after [\d,]+( of [\d,]+)? attempts\.$/)).toBeVisible();

    // over and not frozen: space scrolls, as on any other page
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.keyboard.press(' ');
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(0);
    await expect(page.getByText('View frozen')).toBeHidden();
  },
);

test(
  'many lanes are small multiples, and what is said of them is folded',
  { tag: '@long' },
  async ({ page, server }) => {
    const strategies = [
      ...['conditional-update', 'read-then-write', 'optimistic-version', 'advisory-xact-lock'],
      ...['check-constraint', 'process-mutex', 'append-ledger'],
    ];
    await start(page, server.url, { strategies, attempts: 60, stock: 20, concurrency: 20 });
    await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();

    const charts = await panel(page, 'Stock').locator('.card').all();
    expect(charts).toHaveLength(strategies.length);
    const [first, second, third, fourth] = await Promise.all(charts.map((chart) => chart.boundingBox()));
    expect(new Set([first, second, third, fourth].map((box) => box?.y)).size).toBe(1);
    // lanes differ in what their outcomes were, and their plots still stand at the same height
    const outcomes = await panel(page, 'Outcomes per second').locator('.card').all();
    const boxes = await Promise.all(outcomes.map((cell) => cell.boundingBox()));
    expect(new Set(boxes.map((box) => box?.height)).size).toBe(1);
    await expect(panel(page, 'Outcomes per second').getByText('accepted', { exact: true })).toHaveCount(1);

    await page.setViewportSize({ width: 2_560, height: 900 });
    const tops = () => Promise.all(charts.map(async (chart) => (await chart.boundingBox())?.y));
    await expect.poll(async () => new Set(await tops()).size).toBe(1);
    await page.setViewportSize({ width: 1_440, height: 900 });

    const findings = panel(page, 'Findings');
    const broken = findings.locator('summary', { hasText: 'read-then-write' });
    await expect(broken).toContainText(/oversold \d+/);
    await expect(findings.getByRole('article')).toBeHidden();
    await broken.click();
    await expect(findings.getByRole('article').first()).toBeVisible();
    await expect(
      panel(page, 'What was checked').locator('summary', { hasText: 'read-then-write' }),
    ).toContainText(/\d+ broken/);

    await expectAccessible(page);

    // one list of requests, of the lane that is chosen, or that evidence leads to
    const requests = panel(page, 'Every request');
    await expect(requests.getByRole('listbox')).toHaveCount(1);
    await requests.getByLabel('Lane').selectOption({ label: 'Optimistic version check' });
    await expect(
      requests.getByRole('listbox', { name: 'Requests of Optimistic version check' }),
    ).toBeVisible();
    await page.getByRole('button', { name: 'Show both in the log' }).click();
    const log = requests.getByRole('listbox', { name: 'Requests of Read, then write' });
    await expect(log.getByRole('option', { selected: true }).first()).toBeInViewport();
    await expect(log).toBeFocused();
  },
);

const STABLE_PAGES = [
  ['/', 'first-page'],
  ['/explorer', 'explorer'],
  ['/compare', 'compare-nothing'],
  ['/no/such/page', 'not-found'],
] as const;

test('pages that show no race have the same parts in the same order everywhere', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/status of 404/);
  for (const [address, name] of STABLE_PAGES) {
    await page.goto(address);
    await expect(page.getByRole('banner')).toMatchAriaSnapshot({ name: 'banner.aria.yml' });
    await expect(page.getByRole('main')).toMatchAriaSnapshot({ name: `${name}.aria.yml` });
  }
});
