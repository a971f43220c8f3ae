import tsconfigPaths from 'vite-tsconfig-paths';
import { defineConfig } from 'vitest/config';
import { common } from './vitest.config';

/** `npm run soak`: what takes too long for `npm test`, against the same servers. */
export default defineConfig({
  plugins: [tsconfigPaths()],
  test: {
    ...common,
    globalSetup: 'tests/global-setup.ts',
    include: ['tests/soak/**/*.soak.ts'],
    testTimeout: 30 * 60_000,
    fileParallelism: false,
  },
});
