import { defineConfig, type LaunchOptions } from '@playwright/test';

const isRoot = process.getuid?.() === 0;

/** Debian's Chromium as root in a container; harmless elsewhere. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launchOptions: LaunchOptions = {
  ...(process.env.CHROMIUM_PATH !== undefined && { executablePath: process.env.CHROMIUM_PATH }),
  args: isRoot ? ['--no-sandbox', ...flags] : flags,
};

/** One for each `npm test`: two may run side by side, and each begins by emptying its own. */
const results = process.env.TEST_RESULTS_DIR ?? 'test-results';

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: results,
  // pictures are compared with others of the same run, and only roles, names and order with what is kept
  snapshotPathTemplate: `${results}/looks/{testName}/{arg}{ext}`,
  globalSetup: './tests/global-setup.ts',
  fullyParallel: false,
  // each has a server and a database of its own
  workers: 2,
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  // Only what hangs meets these. How long something takes says nothing about it on a machine that is busy.
  timeout: 300_000,
  expect: {
    timeout: 120_000,
    toMatchAriaSnapshot: { pathTemplate: 'tests/e2e/snapshots/{arg}{ext}' },
  },
  use: {
    headless: true,
    viewport: { width: 1440, height: 900 },
    // what pulses is drawn sixty times a second, by a processor; charts.spec.ts asks for it
    contextOptions: { reducedMotion: 'reduce' },
    // a trace of every test makes each of them half as slow again: npx playwright test --trace on
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions,
  },
});
