import { expect, test } from 'vitest';
import { chooseInstaller, findChromium } from './chromium.mjs';

const only =
  (...paths) =>
  (path) =>
    paths.includes(path);

test('the one asked for is used or none', () => {
  expect(findChromium({ explicit: '/x/chrome', exists: only('/x/chrome', '/usr/bin/chromium') })).toBe(
    '/x/chrome',
  );
  expect(findChromium({ explicit: '/x/chrome', exists: only('/usr/bin/chromium') })).toBeUndefined();
});

test("Playwright's own comes before the system's", () => {
  expect(findChromium({ bundled: '/pw/chrome', exists: only('/pw/chrome', '/usr/bin/chromium') })).toBe(
    '/pw/chrome',
  );
  expect(findChromium({ bundled: '/pw/chrome', exists: only('/usr/bin/chromium') })).toBe(
    '/usr/bin/chromium',
  );
  expect(findChromium({ bundled: '/pw/chrome', exists: () => false })).toBeUndefined();
});

test('apt is for root on Debian only', () => {
  const debian = 'PRETTY_NAME="Debian"\nID=debian\n';
  expect(chooseInstaller({ osRelease: debian, isRoot: true })).toBe('apt');
  expect(chooseInstaller({ osRelease: debian, isRoot: false })).toBe('playwright');
  expect(chooseInstaller({ osRelease: 'ID=ubuntu\nID_LIKE=debian\n', isRoot: true })).toBe('playwright');
  expect(chooseInstaller({ osRelease: '', isRoot: true })).toBe('playwright');
});
