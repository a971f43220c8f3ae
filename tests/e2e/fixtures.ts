import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test as base, type BrowserContext, type Page, type Response } from '@playwright/test';
import { createTestDatabase, testRedisUrl } from '../fixtures/database/test-database';
import { startTestServer, type TestServer } from '../fixtures/server/server';

interface WorkerFixtures {
  /** The folder of the server's data. */
  dataDir: string;
  /** The production server with a database of its own; the same for all tests of a worker. */
  server: TestServer;
}

interface TestFixtures {
  /** Text of browser messages that a test brings about on purpose, such as the 404 it asks for. */
  expectedErrors: RegExp[];
  /** Opens a page of somebody else, with nothing in common with `page`, and watched like it. */
  openPage: () => Promise<Page>;
}

/**
 * When a visitor goes on while the page's data is still being read, that reading is given up. Remix logs it; or, where
 * the data is there and only the end of the response is missing, it leaves the promise of that end rejected
 * (`decoded.done` in its single-fetch.js, which nothing awaits). An abort that the product mishandles has another message.
 */
const READING_CUT_OFF =
  /^console error: AbortError: (signal is aborted without reason|BodyStreamBuffer was aborted)\b|^page error: BodyStreamBuffer was aborted$/;

/**
 * What the browser writes while a server shuts down and nothing listens at its address. Which of its network errors it is
 * depends on what the page was doing in that moment, so a test that takes the server away expects them all.
 *
 * "network error" is Remix's own: it decodes the data of a page with turbo-stream, uses the value of the first line, and
 * drops the promise `done`, which rejects when the body breaks off after that line (`fetchAndDecode` in
 * @remix-run/react/dist/single-fetch.js). What the page is given has been read by then, and no code of the page can reach
 * that promise.
 */
export const SERVER_AWAY =
  /net::ERR_|status of 503|WebSocket connection|Failed to fetch manifest patches|^page error: network error$/;

/** What is no longer wanted, because somebody has gone on meanwhile. */
const REQUEST_CUT_OFF = /^request failed: net::ERR_ABORTED\b/;

/** How scripts fail that are switched off. */
const SCRIPTS_OFF = /^request failed: csp \(GET \S+\.js\)/;

/**
 * `test` with a running server behind `page` (relative addresses work). A console error, a page error, a rejected
 * promise, a request that fails and an answer that refuses one fail the test, in whatever page of it.
 */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  dataDir: [
    async ({}, use) => {
      const dataDir = await mkdtemp(path.join(tmpdir(), 'oversell-e2e-'));
      await use(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ dataDir }, use) => {
      const database = await createTestDatabase();
      const server = await startTestServer({
        DATA_DIR: dataDir,
        DATABASE_URL: database.url,
        REDIS_URL: testRedisUrl(),
        LOG_LEVEL: 'warn',
      });
      await use(server);
      await server.stop();
      await database.drop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  expectedErrors: async ({}, use) => use([]),
  context: async ({ context, expectedErrors, javaScriptEnabled }, use) => {
    const problems = watchProblems(context);
    await use(context);
    expectNone(problems, javaScriptEnabled ? expectedErrors : [...expectedErrors, SCRIPTS_OFF]);
  },
  page: async ({ page, javaScriptEnabled }, use) => {
    if (javaScriptEnabled) waitForListeners(page);
    await use(page);
  },
  openPage: async ({ browser, baseURL, expectedErrors }, use) => {
    const opened: { context: BrowserContext; problems: string[] }[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL });
      opened.push({ context, problems: watchProblems(context) });
      const page = await context.newPage();
      waitForListeners(page);
      return page;
    });
    await Promise.all(opened.map(({ context }) => context.close()));
    expectNone(
      opened.flatMap(({ problems }) => problems),
      expectedErrors,
    );
  },
});

/** Whatever goes wrong in any page of a context, as it goes wrong. */
function watchProblems(context: BrowserContext): string[] {
  const problems: string[] = [];
  context.on('weberror', (problem) => problems.push(`page error: ${problem.error().message}`));
  context.on('console', (message) => {
    if (message.type() === 'error')
      problems.push(`console error: ${message.text()} (${message.location().url})`);
  });
  context.on('requestfailed', (request) =>
    problems.push(`request failed: ${request.failure()?.errorText} (${request.method()} ${request.url()})`),
  );
  context.on('response', (response) => {
    const asked = `${response.request().method()} ${response.url()}`;
    if (response.status() >= 400) problems.push(`answer with a status of ${response.status()} (${asked})`);
  });
  return problems;
}

function expectNone(problems: readonly string[], expectedErrors: readonly RegExp[]): void {
  const expected = [...expectedErrors, READING_CUT_OFF, REQUEST_CUT_OFF];
  const unexpected = problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)));
  expect(unexpected, 'errors in the browser').toEqual([]);
}

/** A page that has just loaded does not hear keys and clicks yet: going to one includes waiting until it does. */
function waitForListeners(page: Page): void {
  const whenItListens = async (response: Response | null): Promise<Response | null> => {
    const isPage = response?.headers()['content-type']?.startsWith('text/html') ?? true;
    if (isPage) await page.locator('html[data-interactive]').waitFor({ state: 'attached' });
    return response;
  };
  const goto = page.goto.bind(page);
  const reload = page.reload.bind(page);
  page.goto = async (...args) => whenItListens(await goto(...args));
  page.reload = async (...args) => whenItListens(await reload(...args));
}

export { expect };
