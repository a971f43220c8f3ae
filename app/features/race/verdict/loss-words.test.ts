import { expect, test } from 'vitest';
import type { LossLedger } from '@/model/verdict';
import { summariseLosses, writeLeaked, writeLost, writeOversold } from './loss-words';

const NOTHING = { findings: [] };

const ledger = (some: Partial<LossLedger>): LossLedger => ({
  ...{ units: 0, attributed: 0, unattributed: 0, created: 0, leaked: 0, entries: [], pieces: 0 },
  ...some,
});

test('units that leaked or came from elsewhere are not called lost', () => {
  expect(summariseLosses(ledger({ units: 3, attributed: 2, unattributed: 1 }))).toBe('3 units lost');
  expect(summariseLosses(ledger({ units: -3, leaked: -3 }))).toBe('3 units left without an order');
  expect(summariseLosses(ledger({ units: 1, created: 1 }))).toBe('1 unit too many from no attempt');
  expect(summariseLosses(ledger({}))).toBe('');
});

test('lost units are shown even where as many units leaked', () => {
  expect(summariseLosses(ledger({ units: 0, attributed: 3, leaked: -3 }))).toBe(
    '3 units lost, 3 units left without an order',
  );
});

test('stock that leaked is no negative number of lost updates', () => {
  expect(writeLost({ lostUpdates: -3, lostUpdatesRange: null, verdict: NOTHING })).toBe('0');
  expect(writeLost({ lostUpdates: 1_200, lostUpdatesRange: null, verdict: NOTHING })).toBe('1,200');
  const found = { kind: 'lost-update' as const, count: 5, message: '', evidence: [], pieces: 0 };
  const proven = { lostUpdates: 5, lostUpdatesRange: null };
  expect(writeLost({ ...proven, verdict: { findings: [found] } })).toBe('5');
  expect(writeLost({ ...proven, verdict: { findings: [{ ...found, isAtLeast: true }] } })).toBe('≥\u00a05');
  const leak = { ...found, kind: 'stock-leak' as const, count: 3 };
  const leaked = ledger({ leaked: -3 });
  expect(writeLeaked({ ledger: leaked, verdict: { findings: [leak] } })).toBe('3');
  expect(writeLeaked({ ledger: leaked, verdict: { findings: [{ ...leak, isAtLeast: true }] } })).toBe(
    '≥\u00a03',
  );
});

test('a number that purchases still running may change is a range', () => {
  expect(writeLost({ lostUpdates: 1, lostUpdatesRange: { low: -1, high: 3 }, verdict: NOTHING })).toBe(
    '0 to 3',
  );
  expect(writeOversold({ oversold: 0, oversoldRange: { low: 0, high: 2 } })).toBe('0 to 2');
  expect(writeOversold({ oversold: 4, oversoldRange: { low: 4, high: 4 } })).toBe('4');
});
