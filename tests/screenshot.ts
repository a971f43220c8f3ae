// npm run screenshot: the README's pictures, of a race that is run for them on services of their own.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright';
import { projectRoot } from '~/env.server';
import { launchOptions } from '../playwright.config';
import { createTestDatabase, testRedisUrl } from './fixtures/test-database';
import { startTestServer } from './fixtures/server';
import { startTestServices } from './test-services';

const FOLDER = path.join(projectRoot, 'docs/images');
const SIZE = { width: 1280, height: 900 };

const closeServices = await startTestServices();
const database = await createTestDatabase();
const server = await startTestServer({
  DATABASE_URL: database.url,
  REDIS_URL: testRedisUrl(),
  LOG_LEVEL: 'warn',
});
const browser = await chromium.launch(launchOptions);
try {
  const page = await browser.newPage({ viewport: SIZE });
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Start test' }).click();
  await page.getByRole('button', { name: 'Run again' }).waitFor({ timeout: 120_000 });
  mkdirSync(FOLDER, { recursive: true });
  for (const [colorScheme, file] of [
    ['light', 'race.png'],
    ['dark', 'race-dark.png'],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.reload();
    // the charts replace the drawing that the server made
    await page.locator('.recharts-surface').first().waitFor();
    await page.screenshot({ path: path.join(FOLDER, file) });
    console.log(`docs/images/${file}`);
  }
} finally {
  await browser.close();
  await server.stop();
  await database.drop();
  await closeServices();
}
