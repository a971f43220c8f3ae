import { expect, test, vi } from 'vitest';
import { countGate } from './gate-counts.mjs';
import { addCounts, formatCounts } from './test-report.mjs';

test('a gate that says yes counts nothing, one that says no or breaks counts one failure', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const gates = [
    () => Promise.resolve(true),
    () => Promise.resolve(undefined),
    () => Promise.resolve('build/server'),
    () => Promise.resolve({ passed: 7, failed: 1, skipped: 0 }),
    () => Promise.resolve(false),
    () => Promise.reject(new Error('broken')),
  ];
  const counts = await Promise.all(gates.map((gate) => countGate(gate)));
  expect(counts.map(({ failed }) => failed)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(formatCounts(addCounts(counts))).toBe('7 passed, 3 failed');
  expect(error).toHaveBeenCalledTimes(1);
});
