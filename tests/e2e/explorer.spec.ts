import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { expectAccessible } from './page-checks';

async function explore(page: Page, strategy: string): Promise<void> {
  await page.goto('/explorer');
  await page.getByLabel('Strategy', { exact: true }).selectOption(strategy);
  await page.getByRole('button', { name: 'Explore' }).click();
  await page.waitForURL(/\/explorations\/\w+$/);
  await expect(page.locator('[data-verdict]')).toBeVisible();
}

test('a violation is found, stepped through by keyboard, and the same when replayed', async ({ page }) => {
  await page.goto('/explorer');
  await expect(page.getByText('No explorations yet.')).toBeVisible();
  await expectAccessible(page);
  await explore(page, 'read-then-write');
  await expect(page.locator('[data-verdict="violated"]')).toContainText(
    '180 of the 184 possible orders oversell.',
  );

  const current = page.getByRole('region', { name: 'Current move' });
  const marked = (actor: string) => page.locator(`[data-actors~="${actor}"]`);
  await expect(current).toContainText('T1: read stock');
  await expect(current).toContainText('"stock":1');
  await expect(marked('T1')).toContainText("step('read stock'");
  await expect(marked('T2')).toHaveCount(0);
  for (let i = 0; i < 5; i += 1) await page.keyboard.press('ArrowRight');
  await expect(current).toContainText('T2: write stock; waits for T1');
  await expect(marked('T2')).toContainText("step('write stock'");
  await page.keyboard.press('ArrowLeft');
  await expect(current).toContainText('T2: think');
  await page.keyboard.press('End');
  await expect(page.locator('[data-move]')).toHaveText('10 of 10');
  await page.keyboard.press('Home');
  await expect(page.locator('[data-move]')).toHaveText('1 of 10');

  // the pane follows the step by itself, and the page stays where it is
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 800 },
  ]) {
    await page.setViewportSize(viewport);
    const pane = page.getByRole('region', { name: 'Source' });
    await pane.evaluate((node) => node.scrollTo({ top: 0 }));
    const before = await page.evaluate(() => window.scrollY);
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    const [view, line] = [await pane.boundingBox(), await marked('T1').boundingBox()];
    expect(line?.y).toBeGreaterThanOrEqual(view?.y ?? 0);
    expect((line?.y ?? 0) + (line?.height ?? 0)).toBeLessThanOrEqual((view?.y ?? 0) + (view?.height ?? 0));
    expect(await page.evaluate(() => window.scrollY)).toBe(before);
  }

  await page.getByRole('button', { name: 'Replay it now' }).click();
  await expect(page.locator('[data-replay]')).toHaveText('The same result, move by move.');
  await expectAccessible(page);
});

test('nothing is found in a safe strategy', async ({ page }) => {
  await explore(page, 'conditional-update');
  await expect(page.locator('[data-verdict="none-found"]')).toContainText(
    'None of the 4 possible orders of these steps breaks an invariant.',
  );
  await page.getByRole('region', { name: 'Schedules by outcome' }).getByRole('link').first().click();
  await expect(page.getByRole('region', { name: 'Current move' })).toBeVisible();
});

test(
  'a link to a schedule runs nothing by itself, and one of the page runs it',
  { tag: '@long' },
  async ({ page }) => {
    await explore(page, 'conditional-update');
    const url = page.url();
    const simplest = page.getByRole('region', { name: 'Schedules by outcome' }).getByRole('link').first();
    const id = (await simplest.textContent()) ?? '';
    await page.goto(`${url}?schedule=${id}`);
    const current = page.getByRole('region', { name: 'Current move' });
    await expect(page.getByRole('button', { name: 'Run this schedule' })).toBeVisible();
    await expect(current).toHaveCount(0);
    await page.getByRole('button', { name: 'Run this schedule' }).click();
    await expect(current).toBeVisible();
    await page.getByRole('button', { name: 'Replay it now' }).click();
    await expect(page.locator('[data-replay]')).toHaveText('The same result, move by move.');
  },
);

test('an exploration is deleted from the list, after a question', { tag: '@long' }, async ({ page }) => {
  await explore(page, 'conditional-update');
  const url = new URL(page.url()).pathname;
  await page.goto('/explorer');
  const row = page.getByRole('listitem').filter({ has: page.locator(`a[href="${url}"]`) });
  await row.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();
  await expect(row).toHaveCount(1);
  await row.getByRole('button', { name: 'Delete' }).click();
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('status').filter({ hasText: '1 exploration deleted.' })).toBeFocused();
  await expect(row).toHaveCount(0);
});

test(
  'attempts on different items, in a process each, by chance: all can be asked for, and is told',
  { tag: '@long' },
  async ({ page }) => {
    await page.goto('/explorer');
    await page.getByLabel('Strategy', { exact: true }).selectOption('process-mutex');
    await page.getByLabel('A process each').check();
    await page.getByRole('button', { name: 'Explore' }).click();
    // what holds in one process breaks in two
    await expect(page.locator('[data-verdict="violated"]')).toBeVisible();
    await expect(page.locator('[data-plan]')).toContainText('1 in stock, a process each');

    await page.goto('/explorer');
    await page.getByLabel('Items').fill('2');
    await page.getByText('Bounds and chance').click();
    await page.getByLabel('Random sample').fill('5');
    await page.getByLabel('Seed').fill('7');
    await page.getByRole('button', { name: 'Explore' }).click();
    await expect(page.locator('[data-plan]')).toContainText(
      '2 items with 1 in stock each, a sample of 5, seed 7',
    );
    await expect(page.locator('[data-verdict="none-found"]')).toBeVisible();
  },
);

test(
  'the isolation levels are tested on demand, after what runs already',
  { tag: '@long' },
  async ({ page, server }) => {
    const data = { strategies: ['conditional-update'], attempts: 500_000, stock: 10, thinkMs: 50 };
    const race = (await (await page.request.post(`${server.url}/api/races`, { data })).json()) as {
      id: string;
    };
    await page.goto('/isolation');
    await page.getByRole('button', { name: 'Run it' }).click();
    await expect(page.getByRole('status')).toContainText('Waiting for Conditional update');
    await page.request.post(`${server.url}/api/races/${race.id}/stop`);
    await expect(page.locator('[data-published]')).toContainText('as published');
    const lost = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^P4/ }) });
    await expect(lost.locator('[data-level="READ COMMITTED"]')).toContainText('allowed');
    await lost.locator('[data-level="SERIALIZABLE"]').click();
    await expect(
      page.getByRole('heading', { name: 'P4 at SERIALIZABLE: prevented by an error' }),
    ).toBeVisible();
    // the address keeps both the report and the cell
    await page.reload();
    await expect(page.getByRole('region', { name: /^P4 at SERIALIZABLE/ })).toContainText(
      'could not serialize',
    );
    await expectAccessible(page);
    // who speaks what a link shows has to reach it; axe does not look at this unless it is asked to
    const axe = new AxeBuilder({ page }).setLegacyMode().withRules(['label-content-name-mismatch']);
    expect((await axe.analyze()).violations).toEqual([]);
  },
);
