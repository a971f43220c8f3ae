import { defineConfig } from 'vitest/config';
import base from './vitest.config';

/** `npm run soak`: what takes too long for `npm test`, against the same servers. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['tests/soak/**/*.soak.ts'],
    testTimeout: 30 * 60_000,
    fileParallelism: false,
  },
});
