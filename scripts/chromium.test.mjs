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

test("Playwright's own comes before the system's, once it is unpacked", () => {
  const bundled = '/pw/chromium-1234/chrome-linux/chrome';
  const mark = '/pw/chromium-1234/INSTALLATION_COMPLETE';
  const system = '/usr/bin/chromium';
  expect(findChromium({ bundled, exists: only(bundled, mark, system) })).toBe(bundled);
  expect(findChromium({ bundled, exists: only(bundled, system) })).toBe(system);
  expect(findChromium({ bundled, exists: only(system) })).toBe(system);
  expect(findChromium({ bundled, exists: () => false })).toBeUndefined();
});

test('apt is for root on Debian only', () => {
  const debian = 'PRETTY_NAME="Debian"\nID=debian\n';
  expect(chooseInstaller({ osRelease: debian, isRoot: true })).toBe('apt');
  expect(chooseInstaller({ osRelease: debian, isRoot: false })).toBe('playwright');
  expect(chooseInstaller({ osRelease: 'ID=ubuntu\nID_LIKE=debian\n', isRoot: true })).toBe('playwright');
  expect(chooseInstaller({ osRelease: '', isRoot: true })).toBe('playwright');
});
