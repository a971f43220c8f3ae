import { writeFile } from 'node:fs/promises';
import type { RaceView } from '../../src/model/race';
import { expect, test } from './fixtures';
import { expectAccessible } from './page-checks';

const LARGEST_BYTES = 1_000_000;

test('the HTML report of a race opens from a file, without scripts or network, in either theme', async ({
  page,
  context,
  server,
}, testInfo) => {
  const data = { strategies: ['read-then-write', 'conditional-update'], stock: 30, attempts: 100 };
  const started = (await (await page.request.post(`${server.url}/api/races`, { data })).json()) as RaceView;
  const read = async () =>
    (await (await page.request.get(`${server.url}/api/races/${started.id}`)).json()) as RaceView;
  await expect.poll(async () => (await read()).status).toBe('finished');
  const report = await (await page.request.get(`${server.url}/api/races/${started.id}/export.html`)).body();
  expect(report.byteLength).toBeLessThan(LARGEST_BYTES);
  expect(report.toString()).not.toMatch(/<script(?! type="application\/json")|<link|src=/);
  const file = testInfo.outputPath('report.html');
  await writeFile(file, report);

  const [unsafe] = (await read()).lanes;
  // of the context: `page` waits for the scripts of what it goes to
  await context.setOffline(true);
  const opened = await context.newPage();
  const requested: string[] = [];
  opened.on('request', (request) => requested.push(request.url()));
  await opened.goto(`file://${file}`);
  await expect(opened.getByRole('heading', { level: 1 })).toHaveText(/^Race finished: 2 demands, 1 broken/);
  await expect(opened.locator('[data-verdict=violated]')).toContainText(`+${unsafe?.oversold}`);
  await expect(opened.locator('[data-verdict=ok]')).toContainText('EXACT');
  await expect(opened.getByRole('region', { name: 'Findings' })).toContainText('oversold');
  const collision = opened.getByRole('region', { name: 'The collision' });
  await expect(collision.getByRole('figure')).toBeVisible();
  await expect(collision.getByRole('region', { name: 'Steps in order' })).toContainText('write stock');
  await expect(opened.getByRole('img', { name: /^Stock and units sold/ })).toHaveCount(2);
  await expectAccessible(opened);
  expect(requested).toEqual([`file://${file}`]);
  expect((await opened.pdf()).byteLength).toBeGreaterThan(10_000);
});
