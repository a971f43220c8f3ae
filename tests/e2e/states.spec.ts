import type { Page } from '@playwright/test';
import { openTcpGate } from '../fixtures/database/tcp-gate';
import { createTestDatabase, testRedisUrl } from '../fixtures/database/test-database';
import { startTestServer } from '../fixtures/server/server';
import { expect, SERVER_AWAY, test } from './fixtures';
import { expectAccessible } from './page-checks';

/** Runs until it is stopped, whatever the machine. */
const LONG = {
  strategies: ['conditional-update'],
  stock: 50_000,
  attempts: 500_000,
  concurrency: 20,
  thinkMs: 20,
};

const status = (page: Page) => page.locator('[data-status]');

async function start(page: Page, server: string, data: object): Promise<string> {
  const started = await page.request.post(`${server}/api/races`, { data });
  return server + ((await started.json()) as { url: string }).url;
}

test('a race waits for its turn, says so, and can be called off before it', async ({ page, server }) => {
  const running = await start(page, server.url, LONG);
  const waiting = await start(page, server.url, LONG);
  await page.goto(waiting);
  await expect(status(page)).toHaveText('Queued');
  const runs = page.getByRole('region', { name: 'Status' }).getByRole('link', { name: 'Conditional update' });
  await expect(runs).toHaveAttribute('href', new URL(running).pathname);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(status(page)).toHaveText('Aborted');
  await expect(page.getByText(/^Stopped .+ after [\d,]+( of [\d,]+)? attempts\.$/)).toBeVisible();

  // who comes to start something is told first
  await page.goto('/');
  const told = page.getByText('Running now: Conditional update. A test started now waits for it.');
  await expect(told.getByRole('link')).toHaveAttribute('href', new URL(running).pathname);
  await expectAccessible(page);

  const next = await start(page, server.url, LONG);
  await page.goto(next);
  await expect(status(page)).toHaveText('Queued');
  const { pathname } = new URL(running);
  await page.request.post(`${server.url}/api${pathname}/stop`);
  // its turn has come, and its clock runs
  await expect(status(page)).toHaveText('Running');
  await expect(page.getByRole('region', { name: 'Status' })).toContainText(/\d\.\d s/);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(status(page)).toHaveText('Aborted');
});

test('a race that begins shows its sections and moves nothing, and what was not measured is no zero', async ({
  page,
  server,
}) => {
  const running = await start(page, server.url, LONG);
  const waiting = await start(page, server.url, {
    ...LONG,
    strategies: ['conditional-update', 'select-for-update'],
  });
  await page.goto(waiting);
  await expect(page.getByText('Nothing recorded yet').first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Numbers' })).toHaveCount(0);
  await page.evaluate(`
    window.shifts = [];
    new PerformanceObserver((list) => {
      // words that change move what stands beside them, and no part of the page may move for that
      for (const { sources } of list.getEntries())
        for (const { node, previousRect, currentRect } of sources)
          if (node instanceof Element && node.matches('section, article, div, footer') && previousRect.top !== currentRect.top)
            window.shifts.push([previousRect.top, currentRect.top, node.outerHTML].join(' '));
    }).observe({ type: 'layout-shift' });
  `);
  await page.request.post(`${server.url}/api${new URL(running).pathname}/stop`);

  await expect(page.locator('article').first()).toContainText('so far');
  const cells = page.getByRole('region', { name: 'Numbers' }).getByRole('row', { name: /latency p50/ });
  await expect(cells.getByRole('cell')).toHaveText([/ms$/, '–']);
  const duration = page.getByRole('region', { name: 'Numbers' }).getByRole('row', { name: /duration/ });
  await expect(duration.getByRole('cell')).toHaveText([/ s$/, '–']);
  const shifts = await page.evaluate<string[]>('window.shifts');
  expect(shifts).toEqual([]);
  await page.keyboard.press('x');
  await expect(status(page)).toHaveText('Aborted');
});

test('a lab that fails says why, which is no verdict', async ({ page, expectedErrors }) => {
  expectedErrors.push(/status of 503/);
  const database = await createTestDatabase();
  const postgres = await openTcpGate(database.url);
  const env = { DATABASE_URL: postgres.url, REDIS_URL: testRedisUrl(), LOG_LEVEL: 'error' };
  const server = await startTestServer(env);
  await page.goto(await start(page, server.url, LONG));
  await expect(page.locator('article')).toContainText('so far');

  await postgres.shut();

  await expect(status(page)).toHaveText('Failed');
  await expect(page.getByText(/The lab could not finish this race\. PostgreSQL was lost/)).toBeVisible();
  await expect(page.locator('article [data-verdict="inconclusive"]')).toBeVisible();
  await postgres.open();
  await page.reload();
  await expect(page.getByText(/The lab could not finish this race\. PostgreSQL was lost/)).toBeVisible();
  await expectAccessible(page);
  // an open page would look for its server
  await page.close();
  await server.stop();
  await postgres.close();
  await database.drop();
});

test('a server that dies leaves what was shown, with its age, until another one says what became of it', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(SERVER_AWAY);
  const database = await createTestDatabase();
  const env = { DATABASE_URL: database.url, REDIS_URL: testRedisUrl(), LOG_LEVEL: 'error' };
  const first = await startTestServer(env);
  await page.goto(await start(page, first.url, LONG));
  await expect(page.locator('article')).toContainText('so far');
  const sold = async () => Number((await page.getByRole('definition').first().innerText()).split(/\D/)[0]);
  await expect.poll(sold).toBeGreaterThan(0);

  await first.stop('SIGKILL');

  await expect(page.locator('[data-connection="stale"]')).toHaveText(/Stale\s*last heard [\d.]+ s ago/);
  expect(await sold()).toBeGreaterThan(0);
  const second = await startTestServer({ ...env, PORT: new URL(first.url).port });
  await expect(status(page)).toHaveText('Interrupted');
  await expect(page.getByText('Interrupted.', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run again' })).toBeEnabled();
  await second.stop();
  await database.drop();
});
