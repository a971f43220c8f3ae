import { describe, expect, it } from 'vitest';
import { emptyBatch } from '@/model/columns';
import type { Batch } from '@/model/columns';
import { AttemptLog } from './attempt-log';

/** Attempts numbered from `first`; every third one sold out (code 1), the others accepted (code 0). */
function attempts(first: number, count: number): Batch {
  const batch = emptyBatch(count);
  for (let i = 0; i < count; i += 1) {
    const n = first + i;
    batch.n[i] = n;
    batch.call[i] = n * 10;
    batch.return[i] = n * 10 + n + 1;
    if (n % 3 === 0) [batch.outcome[i], batch.retries[i]] = [1, 300];
    else batch.remaining[i] = 100 - n;
  }
  return batch;
}

function seqs(log: AttemptLog, outcome: number | null, until?: number): number[] {
  const rows = log.select(outcome, until);
  return Array.from({ length: rows.length }, (_, index) => rows.seqAt(index));
}

describe('AttemptLog', () => {
  it('gives back what was appended, and null for what buyers were not told', () => {
    const log = new AttemptLog();
    log.append(attempts(0, 5));
    expect(log.next).toBe(5);
    expect(log.row(4)).toEqual({ seq: 4, n: 4, call: 40, took: 5, outcome: 0, remaining: 96, retries: 0 });
    expect(log.row(3)?.remaining).toBeNull();
    expect(log.row(3)?.retries).toBe(255);
    expect(log.row(5)).toBeNull();
  });

  it('keeps remaining stock below zero apart from unknown', () => {
    const log = new AttemptLog();
    const batch = emptyBatch(2);
    batch.remaining[0] = -1;
    log.append(batch);
    expect([log.row(0)?.remaining, log.row(1)?.remaining]).toEqual([-1, null]);
  });

  it('leaves out the part of a batch that it already has', () => {
    const log = new AttemptLog();
    log.append(attempts(0, 5));
    log.append(attempts(3, 5), 2);
    expect(log.next).toBe(8);
    expect([5, 6, 7].map((seq) => log.row(seq)?.n)).toEqual([5, 6, 7]);
  });

  it('grows past its first size without losing a row', () => {
    const log = new AttemptLog();
    for (let first = 0; first < 20_000; first += 500) log.append(attempts(first, 500));
    expect(log.first).toBe(0);
    expect([0, 4_095, 4_096, 8_192, 19_999].map((seq) => log.row(seq)?.n)).toEqual([
      0, 4_095, 4_096, 8_192, 19_999,
    ]);
  });

  it('begins where it is told to, with nothing before, and fills up from there', () => {
    const log = new AttemptLog(5_000, 500_003);
    expect([log.start, log.first, log.next]).toEqual([500_003, 500_003, 500_003]);
    expect(log.row(500_002)).toBeNull();
    log.append(attempts(500_003, 4_500));
    expect(log.row(500_003)?.n).toBe(500_003);
    expect(log.row(504_502)?.n).toBe(504_502);
    expect(log.select(null).length).toBe(4_500);
    log.append(attempts(504_503, 1_000));
    expect(log.first).toBe(500_503);
    expect([500_502, 500_503, 505_502].map((seq) => log.row(seq)?.n)).toEqual([undefined, 500_503, 505_502]);
  });

  it('overwrites the oldest rows beyond its capacity and still selects by outcome', () => {
    const log = new AttemptLog(8);
    for (let first = 0; first < 5_000; first += 10) log.append(attempts(first, 10));
    expect(log.first).toBe(4_992);
    expect(log.row(4_991)).toBeNull();
    expect(seqs(log, null)).toEqual([4_992, 4_993, 4_994, 4_995, 4_996, 4_997, 4_998, 4_999]);
    expect(seqs(log, 1)).toEqual([4_992, 4_995, 4_998]);
    expect(seqs(log, 0)).toEqual([4_993, 4_994, 4_996, 4_997, 4_999]);
  });

  it('selects only rows before a frozen end', () => {
    const log = new AttemptLog();
    log.append(attempts(0, 10));
    expect(seqs(log, 1, 7)).toEqual([0, 3, 6]);
    expect(seqs(log, null, 2)).toEqual([0, 1]);
    expect(seqs(log, 4)).toEqual([]);
  });
});
