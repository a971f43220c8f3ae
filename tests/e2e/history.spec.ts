import type { Page } from '@playwright/test';
import type { RaceView } from '../../src/model/race';
import type { WithUrl } from '../../src/server/http/with-urls';
import { expect, test } from './fixtures';
import { expectAccessible, expectFits } from './page-checks';

const SMALL = { stock: 5, attempts: 40, concurrency: 20, thinkMs: 5 };

type ToldRace = WithUrl<RaceView>;

async function readRace(page: Page, path: string): Promise<ToldRace> {
  return (await (await page.request.get(`/api${path}`)).json()) as ToldRace;
}

/** Runs races one after another; answers them as they ended. */
async function runRaces(page: Page, ...plans: object[]): Promise<ToldRace[]> {
  const races: ToldRace[] = [];
  for (const plan of plans) {
    const started = await page.request.post('/api/races', { data: { ...SMALL, ...plan } });
    const { url } = (await started.json()) as { url: string };
    await expect.poll(async () => (await readRace(page, url)).status).toBe('finished');
    races.push(await readRace(page, url));
  }
  return races;
}

/** Forgets what other tests have left on this server, as soon as it is over. */
async function forgetAll(page: Page): Promise<void> {
  const listed = async (what: 'experiments' | 'races') => {
    const answer = await page.request.get(`/api/${what}?limit=100`);
    return ((await answer.json()) as Record<typeof what, { id: string }[]>)[what];
  };
  const leave = async () => {
    for (const what of ['experiments', 'races'] as const)
      for (const { id } of await listed(what)) await page.request.delete(`/api/${what}/${id}`);
    return (await listed('experiments')).length + (await listed('races')).length;
  };
  await expect.poll(leave).toBe(0);
}

const rowOf = (page: Page, { url }: { url: string }) =>
  page.getByRole('listitem').filter({ has: page.locator(`a[href="${url}"]`) });

const boxOf = (page: Page, race: { url: string }) => rowOf(page, race).getByRole('checkbox');

test('races are searched, compared, run again and deleted', async ({ page }) => {
  await forgetAll(page);
  await page.goto('/races');
  await expect(page.getByText('No races here yet')).toBeVisible();
  await expect(page.getByRole('search')).toHaveCount(0);
  const [older, newer, other] = await runRaces(
    page,
    { strategies: ['read-then-write', 'conditional-update'], seed: 77 },
    { strategies: ['conditional-update', 'read-then-write'], stock: 8, seed: 77 },
    { strategies: ['optimistic-version'], model: 'burst' },
  );
  if (!older || !newer || !other) throw new Error('three races were asked for');

  await test.step('the search narrows the list down while one types, and can be cleared', async () => {
    await page.goto('/races');
    await expect(page.getByRole('checkbox', { name: 'All in view' })).toBeVisible();
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox')).toBeFocused();
    await page.keyboard.type('optim');
    await expect(page).toHaveURL(/\?strategy=optim$/);
    await expect(rowOf(page, other)).toBeVisible();
    await expect(rowOf(page, older)).toHaveCount(0);
    await expect(page.getByRole('searchbox')).toBeFocused();

    const verdict = page.getByLabel('Verdict');
    await verdict.focus();
    await verdict.selectOption('violated');
    await expect(page.getByText('There are no races with a violated lane of “optim”.')).toBeVisible();
    await expect(verdict).toBeFocused();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Clear the search' }).click();
    await expect(rowOf(page, older)).toBeVisible();
    await expect(page.getByRole('searchbox')).toHaveValue('');
    await expect(page.getByLabel('Verdict')).toHaveValue('');
    await expectAccessible(page);
  });

  await test.step('what is chosen stays chosen while the search changes, and is compared', async () => {
    await boxOf(page, older).press('Space');
    await expect(page.getByRole('button', { name: 'Compare' })).toBeDisabled();
    await page.getByLabel('Model').selectOption('burst');
    await expect(page.getByText('1 race chosen, 1 of them not in view.')).toBeVisible();
    await page.getByLabel('Model').selectOption('');
    await boxOf(page, newer).check();
    await page.getByRole('button', { name: 'Compare' }).press('Enter');
    // in the list the newest stands first, and the oldest becomes the baseline
    await page.waitForURL(`/compare?races=${older.id},${newer.id}`);
  });

  await test.step('the comparison shows what the races came to', async () => {
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('2 races compared');
    const plans = page.getByRole('region', { name: 'Load plans, fields' }).locator('tbody tr');
    await expect(plans.filter({ hasText: 'stock' })).toHaveText(/stock5≠ 8 \(differs\)/);
    await expect(plans.filter({ hasText: 'seed' })).toHaveCount(0);
    await page.getByRole('link', { name: 'All fields' }).click();
    await expect(plans.filter({ hasText: 'seed' })).toHaveText('seed7777');

    // matched by strategy, although it is another lane
    const figures = page.getByRole('region', { name: 'Read, then write, figures' });
    const oversold = [older.lanes[0]?.oversold ?? 0, newer.lanes[1]?.oversold ?? 0] as const;
    const cells = figures.getByRole('row', { name: /^oversold/ }).getByRole('cell');
    await expect(cells.first()).toContainText(String(oversold[0]));
    await expect(cells.nth(1)).toContainText(String(oversold[1]));
    await expect(cells.nth(1)).toContainText('No claim: other stock or attempts');
    await expect(figures.getByRole('row', { name: /^verdict/ })).toContainText('OVERSOLD');
    await page.getByRole('link', { name: 'Make baseline B' }).click();
    await expect(page).toHaveURL(/baseline=2/);
    await expect(cells.nth(1)).not.toContainText('No claim');

    const charts = page.getByRole('figure', { name: /^Latency distribution: Read, then write/ });
    await expect(charts.locator('.recharts-line')).toHaveCount(2);
    await charts.getByRole('button', { name: /show as table/ }).click();
    await expect(charts.getByRole('columnheader')).toHaveText(['latency', 'A', 'B']);
    await expectAccessible(page);
  });

  await test.step('one race is compared by its lanes, and others are added to it', async () => {
    await page.goto(older.url);
    await page.getByRole('link', { name: 'Compare' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Lanes of a race compared');
    await page.getByText('Add races').click();
    await page.getByLabel('Any other, by its id or address').fill(new URL(other.url, page.url()).href);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.waitForURL(`/compare?races=${older.id},${other.id}`);
    await expect(page.getByText('not in this race').first()).toBeVisible();
  });

  await test.step('a race is run again with its seed', async () => {
    await page
      .getByRole('button', { name: /Run again with the same seed: read-then-write vs/ })
      .press('Enter');
    await page.waitForURL(/\/races\/\w+$/);
    const again = await readRace(page, new URL(page.url()).pathname);
    expect(again.id).not.toBe(older.id);
    expect(again.plan).toEqual(older.plan);
    // while it runs it can be compared, without numbers
    await page.goto(`/compare?races=${older.id},${again.id}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('2 races compared');
    await expect(page.getByText('not over yet')).toHaveCount(0);
  });

  await test.step('races are deleted together after a question, by keyboard', async () => {
    await page.goto('/races?strategy=optimistic');
    await boxOf(page, other).check();
    await page.getByRole('searchbox').fill('');
    await boxOf(page, newer).check();
    const remove = page.getByRole('button', { name: 'Delete', exact: true });
    await remove.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Delete 2 races?' });
    await expect(dialog).toContainText('conditional-update vs read-then-write');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(remove).toBeFocused();
    expect((await page.request.get(`/api${newer.url}`)).status()).toBe(200);

    await remove.press('Enter');
    await dialog.getByRole('button', { name: 'Delete' }).press('Enter');
    await expect(page.getByText('2 races deleted.')).toBeFocused();
    for (const gone of [newer, other]) {
      await expect(rowOf(page, gone)).toHaveCount(0);
      expect((await page.request.get(`/api${gone.url}`)).status()).toBe(404);
    }
    await expect(rowOf(page, older)).toBeVisible();

    await page.goto(`/compare?races=${older.id},${newer.id}`);
    await expect(page.getByText(`Left out: there is no race ${newer.id}.`)).toBeVisible();
  });
});

test(
  'a race of many lanes is summed up in the history, and compared by what differs',
  { tag: '@long' },
  async ({ page }) => {
    const unsafe = ['read-then-write', 'check-then-decrement'];
    const safe = ['conditional-update', 'select-for-update', 'advisory-xact-lock', 'check-constraint'];
    const many = [...unsafe, ...safe, 'optimistic-version', 'hot-row-last', 'batched-writer'];
    const [first, second] = await runRaces(
      page,
      { strategies: many, attempts: 60, stock: 20 },
      { strategies: ['conditional-update', 'read-then-write'], attempts: 60, stock: 20 },
    );
    if (!first || !second) throw new Error('two races were asked for');
    await page.goto('/races');
    const row = rowOf(page, first);
    await expect(row.getByText(/^\d EXACT$/)).toHaveAttribute('title', /conditional-update/);
    await expect(row.getByText('conditional-update')).toHaveCount(0);

    await page.goto(`/compare?races=${first.id},${second.id}`);
    const plans = page.getByRole('region', { name: 'Load plans, fields' });
    await expect(plans.getByRole('row', { name: /strategies/ }).getByRole('cell')).toHaveText([
      /2 in common\s*≠ 7 only here/,
      /^2 in common$/,
    ]);
    const alone = page.getByRole('region', { name: 'Hot row last, figures' });
    await expect(alone).toBeHidden();
    await page.getByText('7 strategies that only one of the races has').click();
    await expect(alone).toBeVisible();

    // two columns beside each other on a phone
    await page.setViewportSize({ width: 360, height: 740 });
    const figures = page.getByRole('region', { name: 'Conditional update, figures' });
    const cut = () =>
      figures.evaluate((box) => {
        const right = box.getBoundingClientRect().left + box.clientWidth;
        const cells = [...box.querySelectorAll('th, td, td *')];
        return cells
          .filter((one) => one.getBoundingClientRect().right > right + 1)
          .map(({ textContent }) => textContent);
      });
    await expect.poll(cut).toEqual([]);
    await expectFits(page);
  },
);

test('a comparison of nothing says so', { tag: '@long' }, async ({ page, expectedErrors }) => {
  expectedErrors.push(/status of 40[04]/);
  await page.goto('/compare');
  await expect(page.getByText('No race chosen')).toBeVisible();
  await page.goto('/compare?races=nope,UPPER,%00');
  await expect(page.getByText('None of these races exists')).toBeVisible();
  const response = await page.goto('/compare?races=a,b,c,d,e,f,g,h,i');
  expect(response?.status()).toBe(400);
  await expect(page.getByText('Too many races')).toBeVisible();
  await page.goto('/races?verdict=maybe');
  await expect(page.getByText(/verdict must be one of violated, ok, inconclusive/)).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('races are searched, compared and deleted', { tag: '@long' }, async ({ page }) => {
    await forgetAll(page);
    const [one, two] = await runRaces(
      page,
      { strategies: ['select-for-update'] },
      { strategies: ['select-for-update'] },
    );
    if (!one || !two) throw new Error('two races were asked for');
    await page.goto('/races');
    await page.getByRole('searchbox').fill('select-for');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByRole('checkbox')).toHaveCount(2);
    await boxOf(page, one).check();
    await boxOf(page, two).check();
    await page.getByRole('button', { name: 'Compare' }).click();
    // from a list the oldest comes first
    await expect(page).toHaveURL(new RegExp(`/compare\\?races=${one.id},${two.id}$`));
    await expect(page.getByRole('row', { name: /^latency p99/ })).toBeVisible();

    await page.goto('/races?strategy=select-for');
    await rowOf(page, one)
      .getByRole('button', { name: /^Delete/ })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Delete 1 race?' });
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('1 race deleted.')).toBeVisible();
    await expect(page.getByRole('checkbox')).toHaveCount(1);
  });
});
