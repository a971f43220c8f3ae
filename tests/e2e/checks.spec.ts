import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../src/services/env';
import { createTestDatabase } from '../fixtures/database/test-database';
import { expect, test } from './fixtures';
import { expectAccessible } from './page-checks';

/** Checks a route of the example shop by the command line. @returns the exit code */
async function check(route: string, dataDir: string, ...more: string[]): Promise<unknown> {
  const database = await createTestDatabase();
  await database.query('drop schema public cascade');
  await database.query('create schema public');
  const program = join(projectRoot, 'build/program/oversell.mjs');
  const data = '{"sku":"last-one","buyer":"{{buyer}}"}';
  const requests = ['--start', 'node shop.js', '--post', route, '--data', data];
  const args = [program, 'check', ...requests, '--database', database.url, '-q', ...more];
  const cwd = join(projectRoot, 'examples/express-pg');
  const code = await new Promise<unknown>((resolve) => {
    const env = { ...process.env, DATA_DIR: dataDir };
    execFile(process.execPath, args, { cwd, env }, (error) => resolve(error?.code ?? 0));
  });
  await database.drop();
  return code;
}

test('a check is listed, stepped through by keyboard, read offline and deleted', async ({
  page,
  context,
  dataDir,
}, testInfo) => {
  await page.goto('/checks');
  await expect(page.getByText('No checks yet.')).toBeVisible();
  await expect(page.getByText('npx oversell check')).toBeVisible();
  await expectAccessible(page);

  const file = testInfo.outputPath('check.html');
  expect(await check('/buy', dataDir, '-o', `html=${file}`)).toBe(10);
  expect(await check('/buy-guarded', dataDir)).toBe(0);
  await page.reload();
  const rows = page.getByRole('main').getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('OK');
  await expect(rows.last()).toContainText('36 of 54 possible orders break something');
  await expectAccessible(page);

  await rows.last().getByRole('link').click();
  await expect(page.locator('[data-verdict=violated]')).toContainText('Reproduced 10 of 10.');
  const moves = page.getByRole('region', { name: 'Moves of the schedule aabbbbaa' });
  const current = moves.locator('[aria-current=step]');
  const now = page.getByRole('region', { name: 'Rows after the move' });
  await expect(current).toContainText('arrives');
  await expect(now).toContainText('As they were at the start.');
  await page.keyboard.press('End');
  await expect(page.locator('[data-move]')).toHaveText('8 of 8');
  await expect(current).toContainText('insert into orders');
  await expect(now.getByRole('table', { name: /orders, new/ })).toHaveCount(2);
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowLeft');
  await expect(now.getByRole('row', { name: /^stock/ })).toHaveText('stock1 0');
  await page.keyboard.press('Home');
  await expect(page.locator('[data-move]')).toHaveText('1 of 8');
  await moves.getByRole('row', { name: /^7 / }).click();
  await expect(current).toContainText('Goes by what it read at move 2');
  await expectAccessible(page);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'HTML' }).click();
  expect((await download).suggestedFilename()).toMatch(/^check-\w+\.html$/);

  await page.getByRole('main').getByRole('link', { name: 'Checks' }).click();
  await rows
    .first()
    .getByRole('button', { name: /^Delete the check/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('1 check deleted.')).toBeVisible();
  await expect(rows).toHaveCount(1);

  // of the context: `page` waits for the scripts of what it goes to
  await context.setOffline(true);
  const opened = await context.newPage();
  const requested: string[] = [];
  opened.on('request', (request) => requested.push(request.url()));
  await opened.goto(`file://${file}`);
  const schedule = opened.getByRole('region', { name: 'Moves of the schedule aabbbbaa' });
  await expect(schedule.locator('s')).toHaveText('stock 1');
  await expect(schedule.getByRole('row', { name: /^7 / })).toContainText('Goes by what it read at move 2');
  const after = opened.getByRole('region', { name: /^Rows after move/ });
  await expect(after).toContainText('As they were at the start.');
  await schedule.getByRole('radio', { name: '1' }).focus();
  for (let i = 0; i < 4; i += 1) await opened.keyboard.press('ArrowRight');
  await expect(schedule.getByRole('radio', { name: '5' })).toBeChecked();
  await expect(after).toHaveCount(1);
  await expect(after.getByRole('row', { name: /^stock/ })).toHaveText('stock1 0');
  await schedule.getByRole('radio', { name: '8' }).check();
  await expect(after.getByRole('table', { name: /orders, new/ })).toHaveCount(2);
  await expect(opened.getByRole('region', { name: 'What to change: lost update' })).toContainText(
    'for update',
  );
  await expect(opened.getByRole('region', { name: 'Orders by outcome' }).getByRole('row')).not.toHaveCount(0);
  await expectAccessible(opened);
  expect(requested).toEqual([`file://${file}`]);
});

test('an unknown check is said to be so', async ({ page, expectedErrors }) => {
  expectedErrors.push(/status of 404/);
  await page.goto('/checks/nonesuch');
  await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
  await expect(page.getByText('There is no check at this address.')).toBeVisible();
});
