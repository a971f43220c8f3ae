import { expect, test } from 'vitest';
import { RESULT, SIMPLEST, SOUND } from '../../../tests/fixtures/check-result';
import { renderCheckReport } from './check-report.server';

test('nothing that an app says becomes markup, and nothing is loaded', () => {
  const html = renderCheckReport(RESULT);
  expect(html).not.toMatch(/<script|<b>|<unit>|<link|src=/);
  expect(html).toContain('the last &lt;unit&gt;');
  expect(html).toContain("default-src 'none'".replaceAll("'", '&#x27;'));
});

test('what was read and is no longer so is struck out, and says which move changed it', () => {
  const html = renderCheckReport(RESULT);
  expect(html).toContain('<s>n 1</s>');
  expect(html).toContain('Not so any more after move 3.');
  expect(html).toContain('Goes by what it read at move 2, which move 3 has changed.');
});

test('each move is chosen by a radio button, and rows are shown once for all moves that leave them so', () => {
  const [arrival, read, write, last] = SIMPLEST.moves;
  if (!arrival || !read || !write || !last) throw new Error('there are four moves');
  const order = { table: 'public.orders', before: null, after: { id: '1' } };
  const gone = { table: 'shop.carts', before: { id: '7' }, after: null };
  const stock = { table: 'public.stock', before: { n: '1', sku: 'a' }, after: { n: '0', sku: 'a' } };
  const moves = [arrival, read, { ...write, state: [stock] }, { ...last, state: [stock, order, gone] }];
  const html = renderCheckReport({ ...SOUND, schedule: { ...SIMPLEST, moves } });
  expect(html.match(/type="radio"/g)).toHaveLength(4);
  const rules = /@supports selector\(:has\(a\)\)\{(.*?)\}\}<\/style>/.exec(html)?.[1];
  expect(rules).toBe(
    'body:not(:has(#move-1:checked,#move-2:checked)) #rows-after-1{display:none}' +
      'body:not(:has(#move-3:checked)) #rows-after-3{display:none}' +
      'body:not(:has(#move-4:checked)) #rows-after-4{display:none}',
  );
  const sections = html
    .split('<section id="rows-after-')
    .slice(1)
    .map((part) => part.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' '));
  expect(sections[0]).toContain('Rows after moves 1 to 2 As they were at the start.');
  expect(sections[1]).toContain('Rows after move 3 stock , changed n 1 0 sku a');
  expect(sections[2]).toMatch(/Rows after move 4 stock .* orders , new id 1 shop\.carts , deleted id 7/);
});

test('a check without a finding says so', () => {
  const { explored } = SOUND;
  if (!explored) throw new Error('it was explored');
  const { simplest, ...sound } = explored;
  expect(simplest).toBeDefined();
  const html = renderCheckReport({ ...SOUND, explored: sound, replay: '', notes: ['Redis is not ordered.'] });
  expect(html).toContain('data-verdict="ok"');
  expect(html).toContain('Redis is not ordered.');
  expect(html).not.toContain('Run it again');
});
