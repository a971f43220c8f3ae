import { expect, test } from 'vitest';
import { emptyBatch } from '@/model/columns';
import { SendLag } from './send-lag';

/** A keeper that has seen attempts that were due at 1 s, by how late they were sent; each took 2 ms. */
function keep(...lagsUs: number[]): SendLag {
  const columns = emptyBatch(lagsUs.length);
  columns.due.fill(1_000_000);
  for (const [i, lag] of lagsUs.entries()) {
    columns.call[i] = 1_000_000 + lag;
    columns.return[i] = 1_002_000 + lag;
  }
  const keeper = new SendLag();
  keeper.add(columns);
  return keeper;
}

test('a send is late from 5 ms after it was due, and no earlier', () => {
  expect(keep(0, 4_999, 5_000).toSends().late).toBe(0);
  expect(keep(0, 5_001, 99_000).toSends().late).toBe(2);
});

test('the corrected latency counts from when an attempt was due', () => {
  const keeper = keep(98_000);
  expect(keeper.toSends().lagMs.max).toBeCloseTo(98, 0);
  expect(keeper.correctedMs().p50).toBeCloseTo(100, 0);
});

test('sends that were dropped are counted together, and by the reason', () => {
  const keeper = keep(0);
  expect(keeper.toSends()).toMatchObject({ dropped: 0 });
  const drops = { crowded: 3, ended: 20, stopped: 100 };
  keeper.drop(drops);
  expect(keeper.toSends()).toMatchObject({ dropped: 123, drops });
});
