import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RaceView } from '../../src/model/race';
import { projectRoot } from '../../src/services/env';
import { createTestDatabase } from '../fixtures/database/test-database';
import { expect, test } from './fixtures';
import { expectAccessible } from './page-checks';

const LARGEST_BYTES = 1_000_000;

test('the HTML report of a race opens from a file, without scripts or network, in either theme', async ({
  page,
  context,
  server,
}, testInfo) => {
  const data = { strategies: ['read-then-write', 'conditional-update'], stock: 30, attempts: 100 };
  const started = (await (await page.request.post(`${server.url}/api/races`, { data })).json()) as RaceView;
  const read = async () =>
    (await (await page.request.get(`${server.url}/api/races/${started.id}`)).json()) as RaceView;
  await expect.poll(async () => (await read()).status).toBe('finished');
  const report = await (await page.request.get(`${server.url}/api/races/${started.id}/export.html`)).body();
  expect(report.byteLength).toBeLessThan(LARGEST_BYTES);
  expect(report.toString()).not.toMatch(/<script(?! type="application\/json")|<link|src=/);
  const file = testInfo.outputPath('report.html');
  await writeFile(file, report);

  const [unsafe] = (await read()).lanes;
  // of the context: `page` waits for the scripts of what it goes to
  await context.setOffline(true);
  const opened = await context.newPage();
  const requested: string[] = [];
  opened.on('request', (request) => requested.push(request.url()));
  await opened.goto(`file://${file}`);
  await expect(opened.getByRole('heading', { level: 1 })).toHaveText(/^Race finished: 2 demands, 1 broken/);
  await expect(opened.locator('[data-verdict=violated]')).toContainText(`+${unsafe?.oversold}`);
  await expect(opened.locator('[data-verdict=ok]')).toContainText('EXACT');
  await expect(opened.getByRole('region', { name: 'Findings' })).toContainText('oversold');
  const collision = opened.getByRole('region', { name: 'The collision' });
  await expect(collision.getByRole('figure')).toBeVisible();
  await expect(collision.getByRole('region', { name: 'Steps in order' })).toContainText('write stock');
  await expect(opened.getByRole('img', { name: /^Stock and units sold/ })).toHaveCount(2);
  await expectAccessible(opened);
  expect(requested).toEqual([`file://${file}`]);
  expect((await opened.pdf()).byteLength).toBeGreaterThan(10_000);
});

test('the HTML report of a check shows the simplest order that breaks something, with the rows after each move', async ({
  context,
}, testInfo) => {
  const database = await createTestDatabase();
  await database.query('drop schema public cascade');
  await database.query('create schema public');
  const file = testInfo.outputPath('check.html');
  const program = join(projectRoot, 'build/program/oversell.mjs');
  const data = '{"sku":"last-one","buyer":"{{buyer}}"}';
  const requests = ['--start', 'node shop.js', '--post', '/buy', '--data', data];
  const code = await new Promise<unknown>((resolve) => {
    execFile(
      process.execPath,
      [program, 'check', ...requests, '--database', database.url, '-q', '-o', `html=${file}`],
      { cwd: join(projectRoot, 'examples/express-pg') },
      (error) => resolve(error?.code ?? 0),
    );
  });
  await database.drop();
  expect(code).toBe(10);

  await context.setOffline(true);
  const opened = await context.newPage();
  const requested: string[] = [];
  opened.on('request', (request) => requested.push(request.url()));
  await opened.goto(`file://${file}`);
  await expect(opened.locator('[data-verdict=violated]')).toContainText('Reproduced 10 of 10.');
  const schedule = opened.getByRole('region', { name: 'Moves of the schedule aabbbbaa' });
  await expect(schedule.locator('s')).toHaveText('stock 1');
  await expect(schedule.getByRole('row', { name: /^7 / })).toContainText('Goes by what it read at move 2');
  await expect(schedule.getByRole('row', { name: /^6 / })).toContainText('stock 1 → 0');
  await expect(opened.getByRole('region', { name: 'What to change: lost update' })).toContainText(
    'for update',
  );
  await expect(opened.getByRole('region', { name: 'Orders by outcome' }).getByRole('row')).not.toHaveCount(0);
  await expectAccessible(opened);
  expect(requested).toEqual([`file://${file}`]);
});
