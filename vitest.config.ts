import tsconfigPaths from 'vite-tsconfig-paths';
import { defineConfig } from 'vitest/config';

const HANGS_AFTER_MS = 300_000;

/** What every kind of test runs with. */
export const common = {
  environment: 'node',
  setupFiles: 'tests/exit-on-signal.ts',
  // Processes: worker threads cannot run the load generator's own threads' hooks.
  pool: 'forks',
  // Nothing in them outlives a test, and loading everything anew for each file takes 2 s of a processor.
  isolate: false,
  maxWorkers: 2,
  // Only what hangs meets these. How long something takes says nothing about it on a machine that is busy.
  testTimeout: HANGS_AFTER_MS,
  hookTimeout: HANGS_AFTER_MS,
  teardownTimeout: 60_000,
  expect: { poll: { timeout: HANGS_AFTER_MS - 10_000 } },
  restoreMocks: true,
} as const;

export default defineConfig({
  plugins: [tsconfigPaths()],
  test: {
    // here and in no project: one PostgreSQL and one Redis serve all of them
    globalSetup: 'tests/global-setup.ts',
    projects: [
      {
        plugins: [tsconfigPaths()],
        test: {
          ...common,
          name: 'unit',
          include: [
            '{src,app}/**/*.test.{ts,tsx}',
            '{src,scripts}/**/*.test.mjs',
            'tests/unit/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
        },
      },
      {
        plugins: [tsconfigPaths()],
        test: {
          ...common,
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [tsconfigPaths()],
        test: {
          ...common,
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
