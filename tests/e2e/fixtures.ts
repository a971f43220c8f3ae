import { expect, test as base } from '@playwright/test';
import { createTestDatabase, testRedisUrl } from '../fixtures/test-database';
import { startTestServer, type TestServer } from '../fixtures/server';

interface WorkerFixtures {
  /** The production server with a database of its own; the same for all tests of a worker. */
  server: TestServer;
}

interface TestFixtures {
  /** Text of browser messages that a test brings about on purpose, such as the 404 it asks for. */
  expectedErrors: RegExp[];
}

/**
 * `test` with a running server behind `page` (relative addresses work). A console error, a page error or a
 * rejected promise in the page fails the test.
 */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const database = await createTestDatabase();
      const server = await startTestServer({
        DATABASE_URL: database.url,
        REDIS_URL: testRedisUrl(),
        LOG_LEVEL: 'warn',
      });
      await use(server);
      await server.stop();
      await database.drop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  expectedErrors: async ({}, use) => use([]),
  page: async ({ page, expectedErrors }, use) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error')
        problems.push(`console error: ${message.text()} (${message.location().url})`);
    });
    await use(page);
    const unexpected = problems.filter((problem) => !expectedErrors.some((pattern) => pattern.test(problem)));
    expect(unexpected, 'errors in the browser').toEqual([]);
  },
});

export { expect };
