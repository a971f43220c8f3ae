import { createTestDatabase, testRedisUrl } from '../fixtures/database/test-database';
import { startTestServer } from '../fixtures/server/server';
import { expect, SERVER_AWAY, test } from './fixtures';

test(
  'a race keeps its address over a restart, and an open page finds its way back',
  { tag: '@long' },
  async ({ page, expectedErrors }) => {
    expectedErrors.push(SERVER_AWAY);
    const database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, REDIS_URL: testRedisUrl(), LOG_LEVEL: 'warn' };
    const first = await startTestServer(env);
    const { port } = new URL(first.url);
    const request = { strategies: ['read-then-write', 'conditional-update'], stock: 20, attempts: 100 };
    const started = await page.request.post(`${first.url}/api/races`, { data: request });
    const { url } = (await started.json()) as { url: string };
    await page.goto(first.url + url);
    await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();
    const verdicts = () => page.locator('article').allInnerTexts();
    const before = await verdicts();
    await first.stop();

    const second = await startTestServer({ ...env, PORT: port });

    await page.reload();
    // what needs scripts comes a moment later
    await expect.poll(verdicts).toEqual(before);
    await expect(page.getByText(/shown\s*100/).first()).toBeVisible();
    await second.stop();
    await database.drop();
  },
);
