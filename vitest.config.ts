import tsconfigPaths from 'vite-tsconfig-paths';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [tsconfigPaths()],
  test: {
    environment: 'node',
    include: [
      'app/**/*.test.{ts,tsx}',
      'scripts/**/*.test.mjs',
      'tests/{unit,contract,integration}/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    globalSetup: 'tests/global-setup.ts',
    // Each file in a process of its own: worker threads cannot run the load generator's own threads' hooks.
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 15_000,
    restoreMocks: true,
  },
});
