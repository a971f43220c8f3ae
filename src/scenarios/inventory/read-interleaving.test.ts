import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readInterleaving } from './read-interleaving';

const STRATEGIES = path.join(import.meta.dirname, './strategies');

test('reads steps, what they lead to, and the notes after them', () => {
  const source = `import type { Strategy } from '@/model/strategy';

/*
 * T1  read stock            -> 1, enough
 * T2  write stock = 1 - 1   overwrites T1's write
 * T1  insert order
 *
 * Protected: nothing. The value
 * may be stale. Not protected: the check.
 * Cost: one round trip.
 */
export default {};
`;
  expect(readInterleaving(source)).toEqual({
    lines: [
      { who: 'T1', does: 'read stock', leads: '1, enough' },
      { who: 'T2', does: 'write stock = 1 - 1', leads: "overwrites T1's write" },
      { who: 'T1', does: 'insert order', leads: '' },
    ],
    notes: ['Protected: nothing. The value may be stale. Not protected: the check.', 'Cost: one round trip.'],
  });
});

test('a file without such a comment has none', () => {
  expect(readInterleaving('export default {};')).toEqual({ lines: [], notes: [] });
});

describe.each(readdirSync(STRATEGIES))('%s', (file) => {
  test('opens with an interleaving of at least two buyers, and says what it protects and costs', () => {
    const { lines, notes } = readInterleaving(readFileSync(path.join(STRATEGIES, file), 'utf8'));
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(new Set(lines.map(({ who }) => who)).size).toBeGreaterThanOrEqual(2);
    expect(notes.join(' ')).toMatch(/Protected:/);
    expect(notes.join(' ')).toMatch(/[Cc]ost:/);
  });
});
