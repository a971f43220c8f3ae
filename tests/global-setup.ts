import { startTestServices } from './test-services';

/** Vitest and Playwright both run this first and what it returns last. */
export default startTestServices;
