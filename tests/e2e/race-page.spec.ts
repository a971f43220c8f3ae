import type { Page } from '@playwright/test';
import { toFrontier } from '../../app/features/trade-off/trade-off-model';
import type { RaceView } from '../../src/model/race';
import { expect, test } from './fixtures';

/** A finished race in which the unsafe lane broke, made once: every test only looks at it. */
let finished: string | null = null;

async function openRace(page: Page, url: string): Promise<void> {
  if (finished === null) {
    const data = {
      strategies: ['read-then-write', 'conditional-update', 'select-for-update'],
      stock: 30,
      attempts: 120,
      concurrency: 30,
      thinkMs: 2,
    };
    const started = (await (await page.request.post(`${url}/api/races`, { data })).json()) as { id: string };
    const status = async () =>
      ((await (await page.request.get(`${url}/api/races/${started.id}`)).json()) as { status: string })
        .status;
    await expect.poll(status).toBe('finished');
    finished = `/races/${started.id}`;
  }
  await page.goto(finished);
  await expect(steps(page)).toBeVisible();
}

const collision = (page: Page) => page.getByRole('region', { name: 'The collision' });
const steps = (page: Page) => page.getByRole('listbox', { name: 'Steps on the time axis' });
const requests = (page: Page) => page.getByRole('region', { name: 'Every request' });

test('the collision is walked through and zoomed by keyboard alone', async ({ page, server }) => {
  await openRace(page, server.url);
  await steps(page).focus();
  await page.keyboard.press('Home');
  const first = steps(page).getByRole('option').first();
  await expect(first).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(first).toHaveAttribute('aria-selected', 'false');

  // to the first read: its statement as the strategy's file has it, and what it saw
  const names = await steps(page).getByRole('option').allInnerTexts();
  await page.keyboard.press('Home');
  const read = names.findIndex((name) => name.includes('read stock'));
  for (let i = 0; i < read; i += 1) await page.keyboard.press('ArrowDown');
  const card = collision(page).locator('[data-step]');
  await expect(card).toContainText('read stock');
  await expect(card).toContainText(/saw \d+/);
  await expect(card).toContainText('db.item.findFirst');

  const view = async () => ((await steps(page).getAttribute('data-view')) ?? '').split(' ').map(Number);
  const [from = 0, to = 0] = await view();
  await page.keyboard.press('+');
  await expect.poll(async () => (await view())[1]).toBeLessThan(to);
  const [zoomed = 0] = await view();
  expect(zoomed).toBeGreaterThan(from);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => (await view())[0]).toBeLessThan(zoomed);
  await page.keyboard.press('0');
  await expect.poll(view).toEqual([from, to]);
});

test(
  'pointing at a step shows it, and the update that vanished is told',
  { tag: '@long' },
  async ({ page, server }) => {
    await openRace(page, server.url);
    await expect(collision(page).getByRole('list', { name: 'How it went wrong' })).toContainText(
      /reads the stock: \d+/,
    );
    await expect(collision(page).getByRole('img')).toHaveAttribute('aria-label', /\d+ steps over/);
    const card = collision(page).locator('[data-step]');
    const rows = collision(page).getByRole('region', { name: 'Steps in order' }).getByRole('row');
    await rows.nth(1).hover();
    const before = await card.innerText();
    // whatever is pointed at in the table, the table stays where it is
    const height = async () => (await card.boundingBox())?.height;
    const first = await height();
    for (let row = 2; row < (await rows.count()); row += 1) {
      await rows.nth(row).hover();
      expect(await height()).toBe(first);
    }
    await rows.nth(1).hover();
    await steps(page).evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const box = await steps(page).boundingBox();
    // along the first lane there is a step under some place
    for (let x = 40; x < (box?.width ?? 0) - 20 && (await card.innerText()) === before; x += 6)
      await page.mouse.move((box?.x ?? 0) + x, (box?.y ?? 0) + 51);
    expect(await card.innerText()).not.toBe(before);
  },
);

test('a piece has an address, and leads to its rows in the log and back', async ({ page, server }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await openRace(page, server.url);
  await collision(page).getByRole('button', { name: 'Copy link' }).click();
  await expect(collision(page).getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/evidence=[\w-]+&piece=1$/);

  await requests(page).getByRole('searchbox').fill('left < -99999');
  await collision(page).getByRole('button', { name: 'Show both in the log' }).click();
  const log = requests(page).getByRole('listbox').first();
  await expect(log.getByRole('option', { selected: true }).first()).toBeInViewport();
  await expect(requests(page).getByRole('searchbox')).toHaveValue('');
  await expect(log).toBeFocused();

  await log.getByRole('option', { selected: true }).first().click();
  await expect(requests(page).getByText(/^In \d+ pieces? of evidence/)).toBeVisible();
  await requests(page).getByTitle('Show the attempts behind it').last().click();
  await expect(page).toHaveURL(/evidence=[\w-]+&piece=\d+$/);
});

test(
  'an address that names a piece that does not exist says so, and so does the box',
  { tag: '@long' },
  async ({ page, server }) => {
    await openRace(page, server.url);
    const path = finished ?? '';
    const box = collision(page).getByRole('spinbutton', { name: 'Piece of evidence' });
    const notice = collision(page)
      .getByRole('status')
      .filter({ hasText: /this is the first/ });
    await page.goto(`${path}?lane=0&evidence=oversold&piece=99999`);
    await expect(notice).toHaveText(/^There is no piece 99,999 of \d+; this is the first\.$/);
    await expect(box).toHaveValue('1');
    for (const query of ['lane=9&evidence=oversold', 'lane=0&evidence=drift', 'lane=0&evidence=magic']) {
      await page.goto(`${path}?${query}`);
      await expect(notice).toHaveText(/^This race has no such evidence as the address names/);
    }
    await page.goto(`${path}?lane=0&evidence=oversold&piece=2`);
    await expect(box).toHaveValue('2');
    await expect(notice).toHaveCount(0);
    for (const typed of ['99999', '-3', '1.5']) {
      await box.fill(typed);
      await expect(box).toHaveAttribute('aria-invalid', 'true');
      await box.press('Enter');
      await expect(box).toHaveValue('2');
      await expect(box).toHaveAttribute('aria-invalid', 'false');
    }
    await box.fill('3');
    await expect(page).toHaveURL(/piece=3$/);
  },
);

test('on a phone the header has two rows, and no label of a figure is cut', async ({ page, server }) => {
  await openRace(page, server.url);
  await page.setViewportSize({ width: 360, height: 740 });
  const header = page.getByRole('region', { name: 'Status' });
  await expect.poll(async () => (await header.boundingBox())?.height).toBeLessThanOrEqual(100);
  const cut = await page
    .locator('article[data-lane] dt')
    .evaluateAll((labels) =>
      labels
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ textContent }) => textContent),
    );
  expect(cut).toEqual([]);
});

test.describe('with a finger', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('tapping a step shows it', { tag: '@long' }, async ({ page, server }) => {
    await openRace(page, server.url);
    await steps(page).evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const chosen = () => steps(page).getByRole('option', { selected: true }).innerText();
    const before = await chosen();
    const box = await steps(page).boundingBox();
    const [left, width] = [box?.x ?? 0, box?.width ?? 0];
    // along the first lane there is a step under some place
    for (let x = 32; x < width - 10 && (await chosen()) === before; x += 12)
      await page.touchscreen.tap(left + x, (box?.y ?? 0) + 51);
    expect(await chosen()).not.toBe(before);
  });
});

test('the log is searched', async ({ page, server }) => {
  await openRace(page, server.url);
  await page.keyboard.press('/');
  const search = requests(page).getByRole('searchbox');
  await expect(search).toBeFocused();
  await search.fill('#12');
  await expect(requests(page).getByText('1 request', { exact: true })).toHaveCount(3);
  await expect(requests(page).getByRole('option').locator('xpath=./span[1]')).toHaveText([
    '#12',
    '#12',
    '#12',
  ]);
  await search.fill('took > 0 ms');
  await expect(requests(page).getByText('120 requests', { exact: true })).toHaveCount(3);
  await search.fill('nonsense');
  await expect(requests(page).getByText('“nonsense” is not understood.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(search).toHaveValue('');
});

test(
  'three lanes make a picture of safety and throughput, with a table',
  { tag: '@long' },
  async ({ page, server }) => {
    await openRace(page, server.url);
    const race = (await (
      await page.request.get(`${server.url}/api${new URL(page.url()).pathname}`)
    ).json()) as RaceView;
    const { points, line, claim, caveat } = toFrontier(race, 'acceptedPerS', 'oversold');
    const frontier = page.getByRole('region', { name: 'Safety and throughput' }).first();
    await expect(frontier.getByRole('img')).toHaveAttribute('aria-label', /^3 lanes/);
    // what this machine allows to be claimed is claimed, and no more
    for (const { strategy, pace } of points) {
      await expect(frontier.locator(`[data-point="${strategy}"]`)).toHaveAttribute(
        'data-hollow',
        String(pace !== null),
      );
      await expect(frontier.locator('svg text, ol').filter({ hasText: strategy })).toHaveCount(1);
    }
    await expect(frontier.locator('[data-frontier]')).toHaveCount(line.length > 1 ? 1 : 0);
    for (const sentence of [claim, caveat])
      if (sentence !== null) await expect(frontier.getByText(sentence)).toBeVisible();

    await frontier.getByRole('button', { name: /show as table/ }).click();
    const pace = points.find(({ strategy }) => strategy === 'read-then-write')?.pace ?? 'itself';
    await expect(frontier.getByRole('row', { name: `read-then-write broke ${pace}` })).toBeVisible();
  },
);

test(
  'the key to the timeline names the fillings that are there',
  { tag: '@long' },
  async ({ page, server }) => {
    await openRace(page, server.url);
    const key = collision(page).getByRole('list', { name: 'Key to the steps' });
    await expect(key).toContainText('hollow: reads the stock');
    await expect(key).toContainText('solid: writes the stock');
  },
);

test('on paper there is nothing to press, and every chart', { tag: '@long' }, async ({ page, server }) => {
  await openRace(page, server.url);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByText(/^Oversell, http.*races.*as of/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run again' })).toBeHidden();
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeHidden();
  await expect(collision(page).getByText(/^Piece 1$/)).toBeVisible();
  await expect(requests(page).getByText(/Only the rows in view are printed, of 120\./)).toHaveCount(3);
  await expect(
    requests(page)
      .getByText(/Only the rows in view are printed/)
      .first(),
  ).toBeVisible();
  for (const title of ['Stock and units sold', 'Outcomes per second', 'Latency percentiles'])
    await expect(page.getByRole('img', { name: new RegExp(`^${title}`) }).first()).toBeVisible();
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  );
});

test('a request opens into its steps', { tag: '@long' }, async ({ page, server }) => {
  await openRace(page, server.url);
  await requests(page).getByRole('listbox').first().getByRole('option').first().click();
  await expect(page.getByRole('list', { name: 'Steps' }).getByText('read stock')).toBeVisible();
  await expect(requests(page).getByText('saw stock', { exact: true })).toBeVisible();
});

test(
  'an answer that comes after the reader has gone on opens nothing',
  { tag: '@long' },
  async ({ page, server }) => {
    await openRace(page, server.url);
    const held: (() => Promise<void>)[] = [];
    await page.route(/\/attempts\/\d+(\?|$)/, (route) => void held.push(() => route.continue()));
    const options = requests(page).getByRole('listbox').first().getByRole('option');
    const opened = requests(page).getByRole('region', { name: /^Attempt / });
    await options.nth(2).click();
    await expect(opened).toContainText('Reading its steps…');
    await page.keyboard.press('Escape');
    await expect(opened).toHaveCount(0);
    await options.nth(4).click();
    await expect(opened).toContainText('Reading its steps…');
    const name = await opened.getAttribute('aria-label');

    const [first, second] = held;
    const late = page.waitForResponse(/\/attempts\/\d+(\?|$)/);
    await first?.();
    await late;
    await expect(opened).toContainText('Reading its steps…');
    await second?.();
    await expect(opened.getByRole('list', { name: 'Steps' })).toBeVisible();
    expect(await opened.getAttribute('aria-label')).toBe(name);
  },
);

test('from any one oversold unit to the two attempts behind it, their steps and their rows', async ({
  page,
  server,
}) => {
  await openRace(page, server.url);
  const race = (await (
    await page.request.get(`${server.url}/api${new URL(page.url()).pathname}`)
  ).json()) as RaceView;
  const oversold = race.lanes[0]?.oversold ?? 0;
  expect(oversold).toBeGreaterThan(30);

  // the first one is there without asking, and the keys go on from it
  await expect(
    collision(page).getByText(/^Both saw \d+ units?( in version \d+ of the row)? (and|before) /),
  ).toBeVisible();
  await page.keyboard.press('n');
  await expect(page).toHaveURL(/evidence=oversold&piece=2$/);

  // straight to any other
  const field = collision(page).getByRole('spinbutton', { name: 'Piece of evidence' });
  // the address changes first: a value that changes after it was selected is selected no more
  await expect(field).toHaveValue('2');
  await field.selectText();
  await page.keyboard.type('30', { delay: 150 });
  await expect(page).toHaveURL(/piece=30$/);
  await expect(collision(page).getByText(`of ${oversold.toLocaleString('en-US')}`)).toBeVisible();
  await expect(collision(page).getByRole('region', { name: 'Steps in order' })).toContainText(
    /read stock\s*saw \d+/,
  );
  await expect(collision(page).getByRole('region', { name: 'Orders' }).getByRole('row')).toHaveCount(3);
  // the stock was 30, and this is the thirtieth unit beyond it
  const explained = await collision(page)
    .getByText(/60 units were sold/)
    .innerText();

  // the address shows the same piece to whoever opens it
  await page.reload();
  await expect(collision(page).getByText(explained)).toBeVisible();

  // and a later page of a finding opens into it as well
  const findings = page.getByRole('region', { name: 'Findings' });
  await findings.getByRole('navigation', { name: 'Evidence for lost updates' }).getByLabel('Further').click();
  await findings.getByText(/^6 to 10 of/).waitFor();
  await findings
    .getByText(/sold from version/)
    .first()
    .locator('..')
    .getByRole('button')
    .click();
  await expect(page).toHaveURL(/evidence=lost-update&piece=\d+$/);
  await expect(collision(page).getByText('lost updates', { exact: true })).toBeVisible();
});
