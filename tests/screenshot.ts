// npm run screenshot: pictures of every page and state, of races that are run for them on services of their own. The
// best are in the README; docs/images has all.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright';
import type { Page } from 'playwright';
import { projectRoot } from '@/services/env';
import { launchOptions } from '../playwright.config';
import { createTestDatabase, testRedisUrl } from './fixtures/database/test-database';
import { startTestServer } from './fixtures/server/server';
import { startTestServices } from './test-services';

const FOLDER = path.join(projectRoot, 'docs/images');
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
/** What links to the product show beside them. */
const SOCIAL = { width: 1200, height: 630 };
const RACE_TAKES_MS = 180_000;

const closeServices = await startTestServices();
const database = await createTestDatabase();
const server = await startTestServer({
  DATABASE_URL: database.url,
  REDIS_URL: testRedisUrl(),
  LOG_LEVEL: 'warn',
});
const browser = await chromium.launch(launchOptions);

/** One picture as it is. */
async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), animations: 'disabled' });
  console.log(`docs/images/${name}.png`);
}

/** A page that stands still: light, dark and narrow. */
async function takeAll(page: Page, name: string): Promise<void> {
  for (const [colorScheme, size, suffix] of [
    ['light', WIDE, ''],
    ['dark', WIDE, '-dark'],
    ['dark', NARROW, '-narrow'],
  ] as const) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.reload();
    // what needs scripts stands a moment later
    await page.waitForLoadState('networkidle');
    await take(page, name + suffix);
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

async function post(route: string, data: object): Promise<string> {
  const response = await fetch(server.url + route, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(data),
  });
  return ((await response.json()) as { url: string }).url;
}

async function listStrategies(): Promise<string[]> {
  const strategies = (await (await fetch(`${server.url}/api/strategies`)).json()) as { id: string }[];
  return strategies.map(({ id }) => id);
}

async function whenOver(route: string): Promise<void> {
  for (;;) {
    const { finishedAt } = (await (await fetch(server.url + route)).json()) as { finishedAt: string | null };
    if (finishedAt !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function takePages(page: Page): Promise<void> {
  await page.goto(server.url);
  await takeAll(page, 'dashboard');
  await page.setViewportSize(SOCIAL);
  await page.screenshot({ path: path.join(projectRoot, 'public/social.png'), animations: 'disabled' });
  await page.setViewportSize(WIDE);
  await page.goto(`${server.url}/races`);
  await takeAll(page, 'races-empty');

  await page.goto(server.url);
  await page.getByRole('button', { name: 'Start test' }).click();
  await page.getByText('so far').first().waitFor({ timeout: RACE_TAKES_MS });
  await take(page, 'race-running');
  await page.getByRole('button', { name: 'Run again' }).waitFor({ timeout: RACE_TAKES_MS });
  await takeAll(page, 'race');
  const race = new URL(page.url()).pathname;
  await page.getByRole('region', { name: 'The collision' }).scrollIntoViewIfNeeded();
  await take(page, 'collision');

  const strategies = ['read-then-write', 'check-then-decrement', 'conditional-update', 'select-for-update'];
  const second = await post('/api/races', { strategies, stock: 50, attempts: 500, concurrency: 50 });
  await whenOver(`/api${second}`);
  await page.goto(server.url + second);
  await takeAll(page, 'race-of-four');
  const catalogue = { strategies: await listStrategies(), stock: 50, attempts: 200, concurrency: 50 };
  const third = await post('/api/races', catalogue);
  await whenOver(`/api${third}`);
  await page.goto(server.url + third);
  await takeAll(page, 'race-of-all');
  await page.getByRole('region', { name: 'Stock', exact: true }).scrollIntoViewIfNeeded();
  await page.waitForLoadState('networkidle');
  await take(page, 'small-multiples');
  await page.goto(`${server.url}/compare?races=${path.basename(race)},${path.basename(second)}`);
  await takeAll(page, 'compare');
  await page.goto(`${server.url}/races`);
  await takeAll(page, 'races');
  await page.goto(`${server.url}/strategies`);
  await takeAll(page, 'strategies');
  await page.goto(`${server.url}/strategies/conditional-update`);
  await takeAll(page, 'strategy');

  const trials = { kind: 'trials', trials: 10, race: { strategies: strategies.slice(1, 3), attempts: 200 } };
  const experiment = await post('/api/experiments', trials);
  await whenOver(`/api${experiment}`);
  await page.goto(server.url + experiment);
  await takeAll(page, 'experiment');
  await page.goto(`${server.url}/experiments`);
  await takeAll(page, 'experiments');

  await page.goto(`${server.url}/explorer`);
  await takeAll(page, 'explorer');
  const exploration = await post('/api/explorations', { strategy: 'read-then-write' });
  await whenOver(`/api${exploration}`);
  await page.goto(server.url + exploration);
  await takeAll(page, 'exploration');
  await page.goto(`${server.url}/isolation`);
  await page.getByRole('button', { name: 'Run it' }).click();
  await page.locator('[data-published]').waitFor({ timeout: RACE_TAKES_MS });
  await takeAll(page, 'isolation');

  const endless = { strategies: ['conditional-update'], attempts: 1_000_000, stock: 1_000_000 };
  const running = await post('/api/races', endless);
  const waiting = await post('/api/races', endless);
  await page.goto(server.url + waiting);
  await take(page, 'race-queued');
  await post(`/api${waiting}/stop`, {});
  await post(`/api${running}/stop`, {});
  await whenOver(`/api${running}`);
  await page.goto(server.url + running);
  await take(page, 'race-aborted');
  await page.goto(`${server.url}/races/none`);
  await take(page, 'not-found');
}

try {
  mkdirSync(FOLDER, { recursive: true });
  const page = await browser.newPage({ viewport: WIDE, reducedMotion: 'reduce', colorScheme: 'light' });
  await takePages(page);
} finally {
  await browser.close();
  await server.stop();
  await database.drop();
  await closeServices();
}
