import type { Finding, FindingKind } from './verdict';

const NUMBERS = new Intl.NumberFormat('en-US');

/** 12345 as "12,345". */
export function formatNumber(value: number): string {
  return NUMBERS.format(value);
}

/** Milliseconds with as many digits as matter: `0.84 ms`, `12.3 ms`, `1.24 s`. */
export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms >= 100) return `${ms.toFixed(0)} ms`;
  if (ms >= 10) return `${ms.toFixed(1)} ms`;
  return `${ms.toFixed(2)} ms`;
}

/** A number with its noun: "1 unit", "1,000 units". The plural is the noun with an s unless given. */
export function countOf(value: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(value)} ${value === 1 ? noun : plural}`;
}

/** "No answer came for 3 of 200 attempts", without a full stop. */
export function describeUnanswered(unanswered: number, attempts: number): string {
  const which = unanswered === attempts ? 'any' : formatNumber(unanswered);
  return `No answer came for ${which} of ${countOf(attempts, 'attempt')}`;
}

/** A finding's count: "12", and "≥ 12" where that is the least that is proven. */
export function countFound({ count, isAtLeast }: Pick<Finding, 'count' | 'isAtLeast'>): string {
  return `${isAtLeast ? '≥\u00a0' : ''}${formatNumber(count)}`;
}

/** What a finding's `count` counts, as a plural. */
export const FINDING_NAMES: Record<FindingKind, string> = {
  oversold: 'oversold',
  'lost-update': 'lost updates',
  'negative-stock': 'negative stock',
  'stock-leak': 'leaked stock',
  'stock-created': 'created stock',
  'duplicate-unit': 'duplicate units',
  'duplicate-order': 'duplicate orders',
  'lost-order': 'lost orders',
  'phantom-order': 'phantom orders',
  'false-sold-out': 'false sold-outs',
  'non-linearizable': 'non-linearizable',
  drift: 'drift',
  'zombie-write': 'zombie writes',
  'lock-overlap': 'overlapping locks',
};
