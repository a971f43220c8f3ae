import { defineConfig } from 'vitest/config';
import { alias } from './aliases';
import { common } from './vitest.config';

/** `npm run soak`: what takes too long for `npm test`, against the same servers. */
export default defineConfig({
  resolve: { alias },
  test: {
    ...common,
    globalSetup: 'tests/global-setup.ts',
    include: ['tests/soak/**/*.soak.ts'],
    testTimeout: 30 * 60_000,
    fileParallelism: false,
  },
});
