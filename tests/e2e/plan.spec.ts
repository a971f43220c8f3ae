import type { Page } from '@playwright/test';
import type { RaceView } from '../../src/model/race';
import { expect, test } from './fixtures';
import { expectAccessible } from './page-checks';

const form = (page: Page) => page.locator('#plan');
const field = (page: Page, label: string) => form(page).getByLabel(label, { exact: true });

/** The plan of the race that the page has gone to; nobody waits for its end. */
async function startedPlan(page: Page): Promise<RaceView['plan']> {
  await page.waitForURL(/\/races\/\w+$/);
  const path = `/api${new URL(page.url()).pathname}`;
  const { plan } = (await (await page.request.get(path)).json()) as RaceView;
  await page.request.post(`${path}/stop`);
  return plan;
}

/** Scripts have taken over once the number of lanes is kept by them. */
async function openPlan(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(form(page)).toHaveAttribute('open');
  await expect(form(page).locator('form')).toHaveAttribute('novalidate');
}

test('a preset fills the form, and can be started at once', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'Two servers' }).click();
  await expect(page).toHaveURL(/processes=2/);
  await expect(field(page, 'Server processes')).toHaveValue('2');
  await expect(form(page).locator('[data-estimate]')).toHaveText(/^800 attempts, 2 lanes/);
  await page.getByRole('link', { name: 'Slow check' }).click();
  await expect(field(page, 'Think time (ms)')).toHaveValue('500');
  await expect(field(page, 'Server processes')).toHaveValue('1');

  await page.getByRole('button', { name: 'Start Slow check' }).click();
  const plan = await startedPlan(page);
  expect(plan).toMatchObject({ thinkMs: 500, attempts: 100, concurrency: 20, stock: 20, processes: 1 });
});

test('an address opens its plan, Enter starts it, and the race links back to it', async ({ page }) => {
  const address =
    '/?strategies=read-then-write,conditional-update&stock=3&attempts=20&concurrency=5&seed=7&control=off&target=direct';
  await openPlan(page, address);
  await expect(form(page).getByRole('checkbox', { checked: true })).toHaveCount(2);
  await expect(field(page, 'Server processes')).toHaveCount(0);
  await field(page, 'Stock').press('Enter');
  await page.waitForURL(/\/races\/\w+$/);

  const edit = page.getByRole('link', { name: 'Edit plan' });
  await expect(edit).toBeVisible();
  const { plan } = (await (await page.request.get(`/api${new URL(page.url()).pathname}`)).json()) as RaceView;
  expect(plan).toMatchObject({
    stock: 3,
    attempts: 20,
    concurrency: 5,
    seed: 7,
    control: false,
    target: 'direct',
  });
  await edit.click();
  await expect(page).toHaveURL(
    /\/\?stock=3&attempts=20&concurrency=5&crowd=5&target=direct&control=off&seed=7#plan$/,
  );
  await expect(field(page, 'Attempts')).toHaveValue('20');
});

test('editing keeps the address, and the link can be copied', { tag: '@long' }, async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPlan(page, '/?stock=50');
  await field(page, 'Stock').fill('7');
  await expect(page).toHaveURL(/\/\?stock=7$/);
  await form(page).getByRole('radio', { name: /^Open/ }).check();
  await expect(form(page).getByText('is required by the open model: attempts per second')).toBeVisible();
  await field(page, 'Rate').fill('40');
  await expect(page).toHaveURL(/\/\?model=open&stock=7&rate=40$/);
  await form(page)
    .getByRole('radio', { name: /^Closed/ })
    .check();
  // what means nothing now is neither shown nor said
  await expect(field(page, 'Rate')).toHaveCount(0);
  await expect(page).toHaveURL(/\/\?stock=7$/);

  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Copied.' })).toBeAttached();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto(copied);
  await expect(field(page, 'Stock')).toHaveValue('7');

  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(field(page, 'Stock')).toHaveValue('100');
  await expect(page).toHaveURL(/\/$/);
});

test('bad values are said by their field and start nothing', async ({ page }) => {
  await openPlan(
    page,
    '/?stock=abc&processes=9&model=warp&strategies=nope,read-then-write&colour=red&rate=5',
  );
  await expect(page.getByRole('alert')).toContainText('There is no strategy nope.');
  await expect(page.getByRole('alert')).toContainText('A plan has no field colour.');
  await expect(page.getByRole('alert')).toContainText('Rate means nothing in this plan.');
  await expect(field(page, 'Stock')).toHaveValue('abc');
  await expect(page.getByText('must be a whole number from 0 to 1,000,000, not "abc"')).toBeVisible();
  await expect(page.getByText('must be a whole number from 1 to 8, not 9')).toBeVisible();
  await form(page).getByRole('button', { name: 'Start this race' }).click();
  await expect(field(page, 'Stock')).toBeFocused();
  expect(new URL(page.url()).pathname).toBe('/');

  // typed, and gone as soon as it is right
  await field(page, 'Stock').fill('5');
  await expect(page.getByText('not "abc"')).toHaveCount(0);
  await field(page, 'Server processes').fill('8');
  await field(page, 'Concurrency').fill('3');
  await expect(page.getByText(/must not be more than there are buyers at once, which is 3/)).toBeVisible();
});

test('no query breaks the page', { tag: '@long' }, async ({ page }) => {
  for (const query of [
    '?__proto__=1&constructor=2&toString',
    '?strategies=%00,<script>alert(1)</script>&stock=%E0%A4%A',
    `?stock=${'9'.repeat(4_000)}`,
    '?durationS=1e400&attempts=-1&trials=NaN&seed=99999999999999999999',
    `?${Array.from({ length: 300 }, (_, i) => `x${i}=1`).join('&')}`,
  ]) {
    await openPlan(page, `/${query}`);
    await expect(page.locator('[data-error], [role=alert]').first()).toBeVisible();
  }
});

test('keys choose strategies and start the open plan', { tag: '@long' }, async ({ page }) => {
  await openPlan(page, '/?attempts=20&concurrency=5&control=off&strategies=');
  const boxes = form(page).getByRole('checkbox', { checked: true });
  await expect(boxes).toHaveCount(0);
  await page.keyboard.press('1');
  await page.keyboard.press('9');
  await page.keyboard.press('2');
  await page.keyboard.press('2');
  await expect(boxes).toHaveCount(2);
  await expect(form(page).getByRole('button', { name: 'Start this race: 2 lanes' })).toBeVisible();

  // what is filtered away stays chosen
  await page.keyboard.press('/');
  await page.keyboard.type('fail-fast');
  await form(page).getByRole('button', { name: 'All shown' }).click();
  await expect(form(page).getByText('3 lanes, 2 of them not shown')).toBeVisible();
  await page.getByLabel('Filter strategies').fill('');
  await form(page).getByRole('button', { name: 'unsafe' }).click();
  await form(page).getByRole('button', { name: 'None shown' }).click();
  await expect(form(page).getByText('1 lane, 1 of them not shown')).toBeVisible();

  await page.keyboard.press('s');
  expect(await startedPlan(page)).toMatchObject({ strategies: ['lock-fail-fast'], attempts: 20 });
});

test(
  'the open form has no axe violation in either theme, and fits 360 px',
  { tag: '@long' },
  async ({ page }) => {
    for (const address of ['/?model=open&rate=50', '/?model=burst&stock=abc&strategies=nope']) {
      await openPlan(page, address);
      await expectAccessible(page);
    }
  },
);

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test(
    'an address fills the form, every field is there, and the server says what is wrong',
    { tag: '@long' },
    async ({ page, expectedErrors }) => {
      expectedErrors.push(/status of 400/);
      await page.goto('/?stock=5&strategies=conditional-update&processes=2&concurrency=1');
      await expect(field(page, 'Stock')).toHaveValue('5');
      await expect(field(page, 'Rate')).toBeVisible();
      await expect(form(page).getByRole('button', { name: 'Copy link' })).toBeHidden();
      await form(page).getByRole('button', { name: 'Start this race' }).click();
      await expect(page.getByRole('alert')).toContainText('The race cannot be run as asked.');
      await expect(
        page.getByText(/must not be more than there are buyers at once, which is 1/),
      ).toBeVisible();
      await expect(field(page, 'Server processes')).toHaveValue('2');
    },
  );
});
