import { describe, expect, it } from 'vitest';
import { emptyBatch } from '@/model/columns';
import { AttemptLog, LOG_CAPACITY, logCapacity } from './attempt-log';
import { LogFilter } from './log-filter';
import { parseSearch } from './log-query';

/** A log of `count` attempts: number 3i is attempt i's, every tenth sold out, every hundredth retried i % 7 times. */
function fill(log: AttemptLog, from: number, count: number): void {
  const batch = 1_000;
  for (let first = from; first < from + count; first += batch) {
    const seqs = Array.from({ length: Math.min(batch, from + count - first) }, (_, i) => first + i);
    const columns = emptyBatch(seqs.length);
    for (const [i, seq] of seqs.entries()) {
      columns.n[i] = seq * 3;
      columns.call[i] = seq;
      columns.return[i] = seq + (seq % 50_000);
      columns.outcome[i] = seq % 10 === 0 ? 1 : 0;
      columns.remaining[i] = seq % 10 === 0 ? Number.NaN : 500 - (seq % 1_000);
      columns.retries[i] = seq % 100 === 0 ? seq % 7 : 0;
    }
    log.append(columns);
  }
}

const search = (text: string, outcome: number | null = null) => {
  const parsed = parseSearch(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return { outcome, query: parsed.query };
};

describe('a million rows', () => {
  const log = new AttemptLog();
  fill(log, 0, 1_000_000);
  const seqs = Array.from({ length: 1_000_000 }, (_, seq) => seq);
  const count = (passes: (seq: number) => boolean) => seqs.filter(passes).length;
  const run = (text: string, outcome: number | null = null) => {
    const filter = new LogFilter(log, search(text, outcome));
    while (!filter.advance(log.next, 8));
    return filter.select(log.next);
  };

  it('are all kept, the first and the last among them', () => {
    expect([log.first, log.next, LOG_CAPACITY]).toEqual([0, 1_000_000, 1_000_000]);
    expect([log.row(0)?.n, log.row(999_999)?.n]).toEqual([0, 2_999_997]);
  });

  it('are searched by number, retries, latency, units left and outcome', () => {
    const one = run('#1500000');
    expect([one.length, one.seqAt(0)]).toEqual([1, 500_000]);
    expect(run('#1').length).toBe(0);
    expect(run('retries > 0').length).toBe(count((seq) => seq % 100 === 0 && seq % 7 > 0));
    expect(run('took > 40 ms').length).toBe(count((seq) => seq % 50_000 > 40_000));
    expect(run('left < 0').length).toBe(count((seq) => seq % 10 !== 0 && 500 - (seq % 1_000) < 0));
    expect(run('retries > 0', 0).length).toBe(0);
    expect(run('took < 1 ms retries >= 2', 1).length).toBe(
      count((seq) => seq % 50_000 < 1_000 && seq % 100 === 0 && seq % 7 >= 2),
    );
  });

  it('are searched in slices, which stop when their time is up and go on where they stopped', () => {
    let ms = 0;
    const filter = new LogFilter(log, search('retries > 0'), () => (ms += 3));
    expect(filter.advance(log.next, 8)).toBe(false);
    expect(filter.next).toBeGreaterThan(0);
    expect(filter.next).toBeLessThan(100_000);
    const soFar = filter.select(log.next).length;
    expect(soFar).toBe(count((seq) => seq < filter.next && seq % 100 === 0 && seq % 7 > 0));
    let slices = 1;
    while (!filter.advance(log.next, 8)) slices += 1;
    expect(slices).toBeGreaterThan(10);
    expect(filter.select(log.next).length).toBe(run('retries > 0').length);
  });
});

it('goes on with rows that come later, and forgets those that the log has', () => {
  const log = new AttemptLog(1_000);
  fill(log, 0, 900);
  const filter = new LogFilter(log, search('retries > 0'));
  filter.advance(log.next, 8);
  const before = filter.select(log.next).length;
  fill(log, 900, 1_000);
  filter.advance(log.next, 8);
  const rows = filter.select(log.next);
  const found = Array.from({ length: rows.length }, (_, i) => rows.seqAt(i));
  expect(before).toBe(7);
  expect(found).toEqual([900, 1_000, 1_100, 1_200, 1_300, 1_500, 1_600, 1_700, 1_800]);
  expect(log.row(1_800)?.retries).toBe(1_800 % 7);
});

it('shares the room for rows between the lanes of a race', () => {
  expect([logCapacity(1), logCapacity(4), logCapacity(40)]).toEqual([1_000_000, 1_000_000, 100_000]);
});
