import { mergeConfig } from 'vitest/config';
import base from './vitest.config';

/** `npm run soak`: what takes too long for `npm test`, against the same servers. */
const soak = mergeConfig(base, { test: { testTimeout: 30 * 60_000, fileParallelism: false } });
soak.test.include = ['tests/soak/**/*.soak.ts'];
export default soak;
