import type { Locator, Page, WebSocketRoute } from '@playwright/test';
import type { RaceView } from '../../src/model/race';
import { expect, SERVER_AWAY, test } from './fixtures';

const requests = (page: Page) => page.getByRole('region', { name: 'Every request' });
const verdicts = (page: Page) => page.locator('article').allInnerTexts();
const honesty = (page: Page) => page.locator('[aria-label="Honesty"] [data-lane]').allInnerTexts();

/** Presses Tab until the focus is there. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  for (let tabs = 0; tabs < 200 && !(await isThere()); tabs += 1) await page.keyboard.press('Tab');
  await expect(target).toBeFocused();
}

test(
  'two viewers agree, also when the connection of one is closed under it',
  { tag: '@long' },
  async ({ page, server, openPage, expectedErrors }) => {
    expectedErrors.push(SERVER_AWAY);
    const sockets: WebSocketRoute[] = [];
    await page.routeWebSocket(/socket\.io/, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    // the time that buyers think makes a lane last, whatever the machine
    const load = { attempts: 1_500, stock: 50, thinkMs: 100 };
    const data = { strategies: ['read-then-write', 'conditional-update'], ...load };
    const started = await page.request.post(`${server.url}/api/races`, { data });
    const { url } = (await started.json()) as { url: string };
    const other = await openPage();
    await Promise.all([page.goto(url), other.goto(url)]);
    await expect(page.locator('article').filter({ hasText: 'so far' }).first()).toBeVisible();

    const [first] = sockets;
    if (!first) throw new Error('the page has opened no socket');
    await first.close();
    // it says so until it has found its way back, and then has what it missed
    await expect(page.getByText(/reconnecting|stale|resynced/i).first()).toBeVisible();
    await expect.poll(() => sockets.length).toBeGreaterThan(1);

    for (const viewer of [page, other]) {
      await expect(viewer.getByRole('button', { name: 'Run again' })).toBeVisible();
      await expect(viewer.getByText(/shown\s*1,500/)).toHaveCount(2);
    }
    // each reads the stored race once more at its end, one a moment before the other
    await expect(async () => {
      expect(await verdicts(page)).toEqual(await verdicts(other));
      expect(await honesty(page)).toEqual(await honesty(other));
    }).toPass();
  },
);

test(
  'a running race never shows more attempts than it says were generated',
  { tag: '@long' },
  async ({ page, server }) => {
    await page.addInitScript(`
    window.counted = { looks: 0, impossible: [] };
    const number = (line, place) =>
      Number((new RegExp(place + '\\\\s*([\\\\d,]+)').exec(line.innerText)?.[1] ?? '').replaceAll(',', ''));
    new MutationObserver(() => {
      for (const line of document.querySelectorAll('[aria-label="Honesty"] [data-lane]')) {
        window.counted.looks += 1;
        const [generated, recorded] = [number(line, 'generated'), number(line, 'recorded')];
        const most = Math.max(number(line, 'streamed'), number(line, 'shown'));
        if (most > generated || most > recorded) window.counted.impossible.push(line.innerText);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  `);
    const data = { strategies: ['conditional-update'], attempts: 1_500, stock: 50, thinkMs: 20 };
    const started = await page.request.post(`${server.url}/api/races`, { data });
    await page.goto(((await started.json()) as { url: string }).url);
    await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();
    await expect(page.getByText(/shown\s*1,500/)).toBeVisible();
    const counted = await page.evaluate<{ looks: number; impossible: string[] }>('window.counted');
    expect(counted.looks).toBeGreaterThan(5);
    expect(counted.impossible).toEqual([]);
  },
);

test('the first visit by keyboard alone: start, watch, freeze, look into a request and at the evidence', async ({
  page,
  server,
}) => {
  await page.goto('/?stock=20&attempts=300&concurrency=40&strategies=read-then-write,conditional-update');
  const start = page.getByRole('button', { name: 'Start this race' });
  await tabTo(page, start);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/races\/\w+$/);
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();

  await page.keyboard.press(' ');
  await expect(page.getByText('View frozen')).toBeVisible();
  await page.keyboard.press(' ');
  await expect(page.getByText('View frozen')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();

  await page.keyboard.press('n');
  await expect(page).toHaveURL(/piece=2$/);
  const rows = requests(page).getByRole('listbox').first();
  await tabTo(page, rows);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Steps' }).getByText('read stock')).toBeVisible();

  const race = (await (
    await page.request.get(`${server.url}/api${new URL(page.url()).pathname}`)
  ).json()) as RaceView;
  expect(race.lanes[0]?.verdict.status).toBe('violated');
});
