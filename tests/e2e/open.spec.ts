import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { RaceView } from '../../src/model/race';
import { expect, test } from './fixtures';
import { expectAccessible, expectFits } from './page-checks';

const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** Gives the page a file, as its button does. */
async function choose(page: Page, name: string, content: Buffer | string): Promise<void> {
  const buffer = Buffer.from(content);
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: '', buffer });
}

/** Drops a file on the window. */
async function drop(page: Page, name: string, content: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([text, fileName]) => {
      const data = new DataTransfer();
      data.items.add(new File([text ?? ''], fileName ?? ''));
      return data;
    },
    [content.toString(), name],
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await expect(page.getByText('Drop it to open it')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

test('an exported race opens from its files as its page shows it, and nothing is sent', async ({
  page,
  server,
}) => {
  const data = { strategies: ['read-then-write', 'conditional-update'], stock: 30, attempts: 100 };
  const { id } = (await (await page.request.post(`${server.url}/api/races`, { data })).json()) as RaceView;
  const read = async () => (await (await page.request.get(`/api/races/${id}`)).json()) as RaceView;
  await expect.poll(async () => (await read()).status).toBe('finished');
  const exported = async (format: string) =>
    (await page.request.get(`/api/races/${id}/export.${format}`)).body();
  const history = await exported('ndjson');

  // what its page says
  await page.goto(`/races/${id}`);
  const told = async () => ({
    verdicts: await page.locator('article[data-lane]').allInnerTexts(),
    findings: await panel(page, 'Findings').innerText(),
    checks: (await panel(page, 'What was checked').innerText()).replace(/^.*statements found.*$/gm, ''),
    numbers: (await panel(page, 'Numbers').locator('tr').allInnerTexts()).slice(0, 8),
  });
  await expect(panel(page, 'The collision').getByRole('img')).toBeVisible();
  const onItsPage = await told();
  const withoutButtons = (texts: string[]) => texts.map((text) => text.replace(/Bisect\n.*\n/, ''));

  await page.goto('/open');
  await expectAccessible(page);
  await page.waitForLoadState('networkidle');
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));

  await drop(page, 'race.ndjson', history);
  await expect(panel(page, 'Every request')).toContainText('100 requests');
  await expect(panel(page, 'The collision').getByRole('img')).toBeVisible();
  const fromHistory = await told();
  expect(withoutButtons(fromHistory.verdicts)).toEqual(withoutButtons(onItsPage.verdicts));
  expect(fromHistory.findings).toBe(onItsPage.findings);
  await expect(panel(page, 'Stock').locator('svg').first()).toBeVisible();
  await expect(panel(page, 'What the file does not hold')).toContainText('no samples of the item’s row');
  await page.getByRole('button', { name: 'Show both in the log' }).click();
  await panel(page, 'Every request').getByRole('option').first().click();
  await expect(page.getByRole('list', { name: 'Steps', exact: true })).toContainText('read stock');
  await expectAccessible(page);

  for (const [name, content] of [
    ['report.html', await exported('html')],
    ['race.json', await exported('json')],
  ] as const) {
    await choose(page, name, content);
    await expect(panel(page, 'The file')).toContainText(name);
    expect(withoutButtons((await told()).verdicts)).toEqual(withoutButtons(onItsPage.verdicts));
    await expect(panel(page, 'Every request')).toBeHidden();
    await expect(panel(page, 'What the file does not hold')).toContainText('no requests');
    await expect(panel(page, 'The collision')).toBeVisible({ visible: name === 'report.html' });
    await expect(panel(page, 'Demands')).toBeVisible({ visible: name === 'report.html' });
  }
  // the test's own requests are not the page's
  expect(requested.filter((url) => !url.includes('/export.'))).toEqual([]);
});

test('a file that is none of these says where and why, and another can follow', async ({ page }) => {
  await page.goto('/open');
  const problem = page.getByRole('alert');
  const header =
    '{"format":"oversell-history","version":2,"strategy":"mine","initialStock":1,"attemptPrefix":"a-"}';
  for (const [name, content, expected] of [
    ['empty', '', 'The file is empty.'],
    ['notes.txt', 'Dear diary', 'Line 1: expected a history'],
    ['picture.png', '\u0089PNG\0\0', 'The file is binary.'],
    [
      'cut.ndjson',
      `${header}\n`,
      'Line 2: expected the attempt or order or final line, but the file ends here',
    ],
    ['new.ndjson', header.replace(':2', ':9'), 'Line 1: is of version 9.'],
    ['long.ndjson', `${header}\n${'x'.repeat(3_000_000)}`, 'Line 2: is longer than'],
    ['cut.json', '{\n"format": "oversell-report",', 'Line 2: is not JSON, or is cut off.'],
    ['other.json', '{"name":"something"}', 'expected a report of oversell'],
    ['page.html', '<!doctype html><p>Hello', 'The page holds no report'],
    ['bad.json', '{"format":"oversell-report","version":1,"race":{"lanes":[{}]}}', 'The report is damaged'],
  ] as const) {
    await choose(page, name, content);
    await expect(problem).toContainText(`${name} cannot be opened.`);
    await expect(problem).toContainText(expected);
  }
  await page.setViewportSize({ width: 320, height: 700 });
  await expectFits(page);
  const file = await readFile(new URL('../fixtures/lanes/histories/stock-that-rose.ndjson', import.meta.url));
  await choose(page, 'stock-that-rose.ndjson', file);
  await expect(panel(page, 'The file')).toContainText('a history, judged here just now');
  await expectFits(page);
});
