import type { Locator, Page } from '@playwright/test';
import type { RaceView } from '../../src/model/race';
import { expect, test } from './fixtures';
import { expectFits } from './page-checks';

/** A finished race whose first lane takes one buyer after another, and so outlasts the other by far. Made once. */
let finished: string | null = null;

async function openRace(page: Page, url: string): Promise<void> {
  if (finished === null) {
    const data = {
      strategies: ['advisory-xact-lock', 'read-then-write'],
      ...{ stock: 80, attempts: 100, concurrency: 20, thinkMs: 20 },
    };
    const started = (await (await page.request.post(`${url}/api/races`, { data })).json()) as { id: string };
    const status = async () =>
      ((await (await page.request.get(`${url}/api/races/${started.id}`)).json()) as { status: string })
        .status;
    await expect.poll(status).toBe('finished');
    finished = `/races/${started.id}`;
  }
  await page.goto(finished);
}

const panel = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });

async function bucketMsOf(page: Page, lane: number): Promise<number> {
  const race = (await (await page.request.get(`/api${finished}`)).json()) as RaceView;
  return race.lanes[lane]?.series.bucketMs ?? Number.NaN;
}

/** Points at a chart, at a part of its width. */
async function pointAt(page: Page, chart: Locator, part: number): Promise<void> {
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart is not there');
  await page.mouse.move(box.x + box.width * part, box.y + box.height / 2);
}

test(
  'the cursor stands at one instant in every lane, and nowhere in a lane that was over by then',
  { tag: '@long' },
  async ({ page, server }) => {
    await openRace(page, server.url);
    const outcomes = panel(page, 'Outcomes per second');
    await outcomes.scrollIntoViewIfNeeded();
    const [long, short] = [outcomes.locator('.card').nth(0), outcomes.locator('.card').nth(1)];
    await expect(outcomes.locator('.recharts-surface')).toHaveCount(2);
    await expect(short.locator('.recharts-wrapper').getByText(/^over at \d/)).toBeVisible();
    await expect(long.getByText(/^over/)).toHaveCount(0);
    const cursor = '.recharts-tooltip-cursor';
    const time = (lane: Locator) => lane.locator('.recharts-tooltip-wrapper p').first();

    await pointAt(page, long.locator('.recharts-surface'), 0.11);
    await expect(long.locator(cursor)).toHaveCount(1);
    await expect(short.locator(cursor)).toHaveCount(1);
    // each lane shows its row that is nearest, and rows lie as far apart as its buckets are wide; labels are rounded
    const bucketsMs = await Promise.all([0, 1].map((lane) => bucketMsOf(page, lane)));
    const secondsOf = async (lane: Locator) => Number.parseFloat((await time(lane).textContent()) ?? '');
    const apart = async () => Math.abs((await secondsOf(short)) - (await secondsOf(long)));
    await expect.poll(apart).toBeLessThanOrEqual(Math.max(...bucketsMs) / 1_000 + 0.01);

    await pointAt(page, long.locator('.recharts-surface'), 0.9);
    await expect(short.locator(cursor)).toHaveCount(0);
    await expect(long.locator(cursor)).toHaveCount(1);
  },
);

test(
  'paper has the charts that the window has: their lines, words and labels',
  { tag: '@long' },
  async ({ page, server }) => {
    await openRace(page, server.url);
    const stock = panel(page, 'Stock');
    await stock.scrollIntoViewIfNeeded();
    await expect(stock.locator('.recharts-surface')).toHaveCount(2);
    await page.emulateMedia({ media: 'print' });

    await expect(stock.locator('.recharts-surface').first()).toBeHidden();
    await expect(stock.getByText('80 on sale').last()).toBeVisible();
    await expect(stock.getByText('units', { exact: true })).toHaveCount(2);
    const latency = panel(page, 'Latency percentiles').locator('.card').first();
    const widthOf = (key: string) =>
      latency
        .locator(`[data-column="${key}"]`)
        .filter({ visible: true })
        .evaluate((line) => getComputedStyle(line).strokeWidth);
    for (const [key, width] of [
      ['p50', '2.25px'],
      ['p95', '1.5px'],
      ['p99', '1px'],
    ] as const)
      await expect.poll(() => widthOf(key)).toBe(width);
    const distribution = panel(page, 'Latency distribution').locator('.card').first();
    expect(
      await distribution
        .getByText(/^[\d.]+\sm?s$/)
        .filter({ visible: true })
        .count(),
    ).toBeGreaterThan(2);
  },
);

test(
  'a race uses a wide screen, and a page of text keeps its measure',
  { tag: '@long' },
  async ({ page, server }) => {
    await page.setViewportSize({ width: 2_560, height: 1_200 });
    const width = async () => (await page.getByRole('main').boundingBox())?.width;
    await openRace(page, server.url);
    expect(await width()).toBe(2_400);
    await expectFits(page);
    await page.goto('/strategies');
    expect(await width()).toBe(1_440);
    await page.setViewportSize({ width: 1_440, height: 900 });
    await openRace(page, server.url);
    expect(await width()).toBe(1_440);
  },
);

test('whoever wants less motion sees none while a race runs', { tag: '@long' }, async ({ page, server }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  const data = { strategies: ['conditional-update'], attempts: 50_000, stock: 30_000, thinkMs: 20 };
  const started = await page.request.post(`${server.url}/api/races`, { data });
  const { url } = (await started.json()) as { url: string };
  const moving = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('*')].flatMap((element) => {
        const { animationName, transitionDuration } = getComputedStyle(element);
        const isMoved =
          animationName !== 'none' || transitionDuration.split(', ').some((time) => time !== '0s');
        return isMoved ? [`${element.tagName} ${element.getAttribute('class')}`] : [];
      }),
    );
  await page.goto(url);
  await expect(page.locator('article')).toContainText('so far');
  await expect(panel(page, 'Stock').locator('.recharts-surface')).toBeVisible();
  // what there is to be stilled: without it the test would say nothing
  expect((await moving()).length).toBeGreaterThan(0);

  await page.emulateMedia({ reducedMotion: 'reduce' });

  expect(await moving()).toEqual([]);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText(/^Stopped .+ after [\d,]+( of [\d,]+)? attempts\.$/)).toBeVisible();
});

test('charts whose code does not load stay still pictures, and the rest of the page goes on', async ({
  page,
  server,
  expectedErrors,
}) => {
  expectedErrors.push(/net::ERR_FAILED/);
  const chunk = /\/assets\/lane-charts-[^/]+\.js$/;
  await page.route(chunk, (route) => route.abort());
  const race = await page.request.get(`${server.url}/api/api-test?attempts=40&stock=20`);
  await page.goto(((await race.json()) as { url: string }).url);
  const stock = panel(page, 'Stock');
  await stock.scrollIntoViewIfNeeded();
  await expect(stock.getByText('The interactive charts could not be loaded.')).toBeVisible();
  await expect(stock.locator('svg').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run again' })).toBeEnabled();
  await stock.getByRole('button', { name: 'Stock: show as table' }).click();
  await expect(stock.getByRole('table').first()).toBeVisible();
  await stock.getByRole('button', { name: 'Stock: show as chart' }).click();

  const reload = stock.getByRole('button', { name: 'Reload page' });
  await page.route('/api/health', (route) => route.abort());
  await reload.click();
  await expect(stock.getByText('The server does not answer. Reload once it is back.')).toBeVisible();
  await page.unroute('/api/health');
  await page.unroute(chunk);
  await Promise.all([page.waitForEvent('load'), reload.click()]);
  await stock.scrollIntoViewIfNeeded();
  await expect(stock.locator('.recharts-surface').first()).toBeVisible();
  await expect(page.getByText('The interactive charts could not be loaded.')).toHaveCount(0);
});
