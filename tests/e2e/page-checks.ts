import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './fixtures';

const WIDE = { width: 1440, height: 900 };
/** The narrowest window that pages have to fit into. */
const NARROW = { width: 360, height: 740 };

/** No sideways scrolling, however narrow the window. */
export async function expectFits(page: Page): Promise<void> {
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  // pictures follow the window a frame later
  await expect.poll(overflow).toBeLessThanOrEqual(0);
}

/** axe finds nothing wrong in either theme, and everything fits 360 px. Leaves a wide window and the dark theme. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(WIDE);
  await expectNoViolation(page, new AxeBuilder({ page }));
  await page.setViewportSize(NARROW);
  await expectFits(page);
  await page.setViewportSize(WIDE);
  // the themes differ in nothing but colours
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await expectNoViolation(page, new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']));
}

async function expectNoViolation(page: Page, axe: AxeBuilder): Promise<void> {
  const { pathname } = new URL(page.url());
  // pages here have no frames, for whose sake axe otherwise opens another page: it takes half as long without
  const { violations } = await axe.setLegacyMode().analyze();
  expect(
    violations.map(({ id, nodes }) => `${pathname} ${id}: ${nodes.map(({ html }) => html).join('\n')}`),
  ).toEqual([]);
}
